using System.Runtime.InteropServices;
using Seq.Embedded.Kernels;

namespace Seq.Embedded.Training;

/// <summary>The mean over time of each of a shard's sequences, weighted by the softmax of scores: forward and backward of attention pooling.</summary>
public static class TimePooling
{
    /// <summary>y = sum over t of a_t h_t, a = softmax of the scores of a sequence; in the order of <see cref="OnlineSoftmax"/>. Allocates nothing.</summary>
    /// <param name="time">The steps that the rows are.</param>
    /// <param name="rows">The rows h (time.Rows, width), <paramref name="rowStride"/> apart.</param>
    /// <param name="rowStride">Floats from one row to the next.</param>
    /// <param name="width">Values of a row.</param>
    /// <param name="scores">The scores (time.Rows), <paramref name="scoreStride"/> apart.</param>
    /// <param name="scoreStride">Floats from one score to the next.</param>
    /// <param name="statistics">Receives largest score and sum of each sequence, which <see cref="Backward"/> reads, <paramref name="scoreStride"/> apart.</param>
    /// <param name="means">Receives y (sequences, width), <paramref name="stride"/> apart.</param>
    /// <param name="stride">Floats from one mean to the next.</param>
    /// <exception cref="ArgumentException">A span is too short for the sizes.</exception>
    public static void Forward(
        PackedRows time, ReadOnlySpan<float> rows, int rowStride, int width, ReadOnlySpan<float> scores, int scoreStride,
        Span<float> statistics, Span<float> means, int stride)
    {
        ArgumentNullException.ThrowIfNull(time);
        statistics[..(time.Sequences * scoreStride)].Clear();
        means[..(time.Sequences * stride)].Clear();
        for (int t = 0; t < time.Steps; t++)
        {
            for (int position = 0; position < time.RowCount(t); position++)
            {
                int row = time.FirstRow(t) + position;
                float score = scores[row * scoreStride];
                ReadOnlySpan<float> h = rows.Slice(row * rowStride, width);
                Span<float> y = means.Slice(position * stride, width), mz = statistics.Slice(position * scoreStride, OnlineSoftmax.Statistics);
                OnlineSoftmax.Add(ref score, ref MemoryMarshal.GetReference(h), ref mz[0], ref mz[0], ref y[0], ref y[0], width);
            }
        }
    }

    /// <summary>Adds the gradients of rows and scores: dh_t += a_t dy, ds_t += a_t dy . (h_t - y). Allocates nothing.</summary>
    /// <param name="time">The steps that the rows are.</param>
    /// <param name="rows">The rows h.</param>
    /// <param name="rowStride">Floats from one row, and one row of their gradient, to the next.</param>
    /// <param name="width">Values of a row.</param>
    /// <param name="scores">The scores.</param>
    /// <param name="scoreStride">Floats from one score, and one of their gradient, to the next.</param>
    /// <param name="statistics">What <see cref="Forward"/> left there.</param>
    /// <param name="means">y.</param>
    /// <param name="gradient">dy.</param>
    /// <param name="stride">Floats from one mean, and one of their gradient, to the next.</param>
    /// <param name="rowGradient">dh, which is added to; empty where nobody asks for it.</param>
    /// <param name="scoreGradient">ds, which is added to.</param>
    /// <exception cref="ArgumentException">A span is too short for the sizes.</exception>
    public static void Backward(
        PackedRows time, ReadOnlySpan<float> rows, int rowStride, int width, ReadOnlySpan<float> scores, int scoreStride,
        ReadOnlySpan<float> statistics, ReadOnlySpan<float> means, ReadOnlySpan<float> gradient, int stride, Span<float> rowGradient, Span<float> scoreGradient)
    {
        ArgumentNullException.ThrowIfNull(time);
        for (int t = 0; t < time.Steps; t++)
        {
            for (int position = 0; position < time.RowCount(t); position++)
            {
                int row = time.FirstRow(t) + position;
                float weight = OnlineSoftmax.Weight(scores[row * scoreStride], statistics.Slice(position * scoreStride, OnlineSoftmax.Statistics));
                ReadOnlySpan<float> h = rows.Slice(row * rowStride, width), y = means.Slice(position * stride, width), dy = gradient.Slice(position * stride, width);
                double product = 0;
                for (int i = 0; i < width; i++)
                {
                    product += dy[i] * ((double)h[i] - y[i]);
                }

                scoreGradient[row * scoreStride] += (float)(weight * product);
                for (int i = 0; i < width && !rowGradient.IsEmpty; i++)
                {
                    rowGradient[(row * rowStride) + i] += weight * dy[i];
                }
            }
        }
    }
}
