using System.Numerics.Tensors;

namespace Seq.Embedded.Training;

/// <summary>
/// Windows over time of a shard's sequences: window j of a sequence holds the rows of the steps
/// j * step - (K - 1) * D, ..., j * step - D, j * step side by side, zeros before the first step.
/// </summary>
public static class TimeWindows
{
    /// <summary>Copies the rows of each window: (source.Rows, width) to (windows.Rows, K * width). Allocates nothing.</summary>
    /// <param name="source">The steps that the rows are.</param>
    /// <param name="rows">The rows, <paramref name="rowStride"/> apart.</param>
    /// <param name="rowStride">Floats from one row to the next.</param>
    /// <param name="width">Values of a row.</param>
    /// <param name="windows">The steps that the windows are, of the same sequences in the same order.</param>
    /// <param name="step">Steps of the source from one window to the next.</param>
    /// <param name="kernel">Rows of a window (K).</param>
    /// <param name="dilation">Steps from one row of a window to the next (D).</param>
    /// <param name="result">Receives the windows.</param>
    /// <param name="stride">Floats from one window to the next.</param>
    /// <exception cref="ArgumentException">A span is too short for the sizes.</exception>
    public static void Gather(
        PackedRows source, ReadOnlySpan<float> rows, int rowStride, int width, PackedRows windows, int step, int kernel, int dilation, Span<float> result, int stride)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(windows);
        for (int j = 0; j < windows.Steps; j++)
        {
            for (int k = 0; k < kernel; k++)
            {
                int t = (j * step) - ((kernel - 1 - k) * dilation);
                for (int position = 0; position < windows.RowCount(j); position++)
                {
                    Span<float> part = result.Slice(((windows.FirstRow(j) + position) * stride) + (k * width), width);
                    if (t < 0)
                    {
                        part.Clear();
                    }
                    else
                    {
                        rows.Slice((source.FirstRow(t) + position) * rowStride, width).CopyTo(part);
                    }
                }
            }
        }
    }

    /// <summary>The inverse for gradients: adds (windows.Rows, K * width) to the rows that the windows were copied from. Allocates nothing.</summary>
    /// <param name="windows">The steps that the windows are.</param>
    /// <param name="gradient">The gradient of the windows, <paramref name="stride"/> apart.</param>
    /// <param name="stride">Floats from one window to the next.</param>
    /// <param name="step">Steps of the source from one window to the next.</param>
    /// <param name="kernel">Rows of a window (K).</param>
    /// <param name="dilation">Steps from one row of a window to the next (D).</param>
    /// <param name="source">The steps that the rows are, of the same sequences in the same order.</param>
    /// <param name="rows">The gradient of the rows, which is added to.</param>
    /// <param name="rowStride">Floats from one row to the next.</param>
    /// <param name="width">Values of a row.</param>
    /// <exception cref="ArgumentException">A span is too short for the sizes.</exception>
    public static void Scatter(
        PackedRows windows, ReadOnlySpan<float> gradient, int stride, int step, int kernel, int dilation, PackedRows source, Span<float> rows, int rowStride, int width)
    {
        ArgumentNullException.ThrowIfNull(windows);
        ArgumentNullException.ThrowIfNull(source);
        for (int j = 0; j < windows.Steps; j++)
        {
            for (int k = 0; k < kernel; k++)
            {
                int t = (j * step) - ((kernel - 1 - k) * dilation);
                for (int position = 0; t >= 0 && position < windows.RowCount(j); position++)
                {
                    Span<float> row = rows.Slice((source.FirstRow(t) + position) * rowStride, width);
                    TensorPrimitives.Add(row, gradient.Slice(((windows.FirstRow(j) + position) * stride) + (k * width), width), row);
                }
            }
        }
    }
}
