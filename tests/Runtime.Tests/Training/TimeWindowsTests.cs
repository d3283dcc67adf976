using Seq.Embedded.Training;

namespace Seq.Embedded.Tests.Training;

public class TimeWindowsTests
{
    private const int Width = 2;
    private const int RowStride = 5;
    private const int Stride = 11;

    private static readonly int[] s_lengths = [7, 7, 4, 1];

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 3, 1)]
    [InlineData(2, 3, 2)]
    [InlineData(3, 2, 4)]
    [InlineData(3, 5, 1)]
    public void Gather_copies_the_rows_of_each_window_and_Scatter_is_its_transpose(int step, int kernel, int dilation)
    {
        PackedRows source = Pack(s_lengths), windows = Pack([.. s_lengths.Select(length => (length + step - 1) / step)]);
        float[] rows = new float[source.Rows * RowStride], gathered = new float[windows.Rows * Stride], gradient = new float[gathered.Length], back = new float[rows.Length];
        Fill(rows, 1);
        Fill(gradient, 2);
        Array.Fill(gathered, float.NaN);

        TimeWindows.Gather(source, rows, RowStride, Width, windows, step, kernel, dilation, gathered, Stride);

        for (int sequence = 0; sequence < s_lengths.Length; sequence++)
        {
            for (int j = 0; j * step < s_lengths[sequence]; j++)
            {
                for (int k = 0; k < kernel; k++)
                {
                    int t = (j * step) - ((kernel - 1 - k) * dilation);
                    float[] expected = t < 0 ? new float[Width] : rows.AsSpan(source.Row(sequence, t) * RowStride, Width).ToArray();
                    Assert.Equal(expected, gathered.AsSpan((windows.Row(sequence, j) * Stride) + (k * Width), Width).ToArray());
                }
            }
        }

        // <windows(x), g> = <x, transposed(g)>, over the values that are copied.
        TimeWindows.Scatter(windows, gradient, Stride, step, kernel, dilation, source, back, RowStride, Width);
        double forward = 0, backward = 0;
        for (int row = 0; row < windows.Rows; row++)
        {
            for (int i = 0; i < kernel * Width; i++)
            {
                forward += (double)gathered[(row * Stride) + i] * gradient[(row * Stride) + i];
            }
        }

        for (int row = 0; row < source.Rows; row++)
        {
            for (int i = 0; i < RowStride; i++)
            {
                Assert.True(i < Width || back[(row * RowStride) + i] == 0, "Scatter wrote beyond the row.");
                backward += (double)rows[(row * RowStride) + i] * back[(row * RowStride) + i];
            }
        }

        Assert.Equal(forward, backward, 1e-5);
    }

    private static PackedRows Pack(int[] lengths)
    {
        PackedRows rows = new(lengths.Length, lengths.Max());
        foreach (int length in lengths)
        {
            rows.Add(length, rows.Sequences);
        }

        rows.Pack();
        return rows;
    }

    private static void Fill(float[] values, int seed)
    {
        Random random = new(seed);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)((2 * random.NextDouble()) - 1);
        }
    }
}
