using Seq.Embedded.Kernels;
using Seq.Embedded.Tests.Kernels;
using Seq.Embedded.Training;

namespace Seq.Embedded.Tests.Training;

public class PackedRowsTests
{
    private static readonly int[] Lengths = [7, 6, 6, 3, 1];

    [Theory]
    [InlineData(int.MaxValue, "6543210 543210 543210 210 0")]
    [InlineData(1, "0123456 012345 012345 012 0")]
    [InlineData(3, "2105436 210543 210543 210 0")]
    [InlineData(4, "3210654 321054 321054 210 0")]
    public void Reverse_gives_every_sequence_its_time_steps_from_the_end_of_each_chunk(int chunk, string expected)
    {
        PackedRows time = Packed();
        float[] source = Numbered(time, 1), result = new float[time.Rows * 2];
        time.Reverse(source, 1, 1, result, 2, chunk);
        string actual = string.Join(' ', Lengths.Select((length, position) =>
            string.Concat(Enumerable.Range(0, length).Select(t => (int)result[2 * time.Row(position, t)] - (10 * position)))));
        Assert.Equal(expected, actual);
        Assert.All(result.Where((_, i) => i % 2 == 1), value => Assert.Equal(0, value));

        float[] again = new float[time.Rows];
        time.Reverse(result, 2, 1, again, 1, chunk);
        Assert.Equal(source, again);
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(2)]
    public void AddReversed_adds_what_Reverse_copies(int chunk)
    {
        PackedRows time = Packed();
        float[] source = KernelTestData.Random(time.Rows * 3, 1), reversed = new float[time.Rows * 4], sum = KernelTestData.Random(time.Rows * 4, 2);
        float[] before = [.. sum];
        time.Reverse(source, 3, 3, reversed, 4, chunk);
        time.AddReversed(source, 3, 3, sum, 4, chunk);
        Assert.Equal(before.Zip(reversed, (one, other) => one + other), sum);
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void AccumulateRecurrent_takes_the_state_before_each_time_step_and_the_initial_one_where_a_chunk_starts(int chunk)
    {
        const int Units = 3, Padded = 16, Columns = 3;
        PackedRows time = Packed();
        float[] states = KernelTestData.Random(time.Rows * Padded, 3), initial = KernelTestData.Random(Lengths.Length * Padded, 4), deltas = new float[time.Rows * Padded];
        float[] gradient = new float[(Columns + 1) * Padded], expected = new float[(Columns + 1) * Padded];
        for (int row = 0; row < time.Rows; row++)
        {
            KernelTestData.Random(Units, 10 + row).CopyTo(deltas.AsSpan(row * Padded));
        }

        time.AccumulateRecurrent(states, initial, Padded, deltas, 1, 0, gradient, Units, Columns, 1, chunk: chunk);
        for (int position = 0; position < Lengths.Length; position++)
        {
            for (int t = 0; t < Lengths[position]; t++)
            {
                ReadOnlySpan<float> state = t % chunk == 0 ? initial.AsSpan(position * Padded) : states.AsSpan(time.Row(position, t - 1) * Padded);
                PanelProduct.AccumulateOuter(state, 1, Padded, deltas.AsSpan(time.Row(position, t) * Padded), 1, 0, expected, Units, Columns, 1);
            }
        }

        Assert.Contains(expected, value => value != 0);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - gradient[i]) < 1e-5, $"[{i}]: expected {expected[i]:R}, actual {gradient[i]:R}");
        }
    }

    private static PackedRows Packed()
    {
        PackedRows time = new(Lengths.Length, Lengths[0]);
        time.Clear();
        foreach (int length in Lengths)
        {
            time.Add(length, time.Sequences);
        }

        time.Pack();
        return time;
    }

    /// <summary>Rows that hold 10 times the position of their sequence plus their time step.</summary>
    private static float[] Numbered(PackedRows time, int stride)
    {
        float[] rows = new float[time.Rows * stride];
        for (int position = 0; position < Lengths.Length; position++)
        {
            for (int t = 0; t < Lengths[position]; t++)
            {
                rows[time.Row(position, t) * stride] = (10 * position) + t;
            }
        }

        return rows;
    }
}
