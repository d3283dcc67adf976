using Seq.Embedded.Kernels;

namespace Seq.Embedded.Tests.Kernels;

public class RowMathTests
{
    private const int Count = 3;
    private const int Stride = 32;

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(19)]
    public void Rows_have_the_sums_averages_and_halves_of_the_formulas_and_the_bits_of_single_rows(int width)
    {
        const int LeftStride = 20, RightStride = 23;
        float[] left = KernelTestData.Random(Count * LeftStride, 1), right = KernelTestData.Random(Count * RightStride, 2);
        float[] sum = Filled(), average = Filled(), one = new float[width];
        RowMath.Add(left, LeftStride, right, RightStride, Count, width, sum, Stride);
        RowMath.Average(left, LeftStride, right, RightStride, Count, width, average, Stride);
        for (int row = 0; row < Count; row++)
        {
            ref float leftRow = ref left[row * LeftStride], rightRow = ref right[row * RightStride];
            for (int i = 0; i < width; i++)
            {
                float expected = left[(row * LeftStride) + i] + right[(row * RightStride) + i];
                Assert.Equal(expected, sum[(row * Stride) + i]);
                Assert.Equal(expected * 0.5f, average[(row * Stride) + i]);
            }

            RowMath.Add(ref leftRow, ref rightRow, ref one[0], width);
            KernelTestData.AssertSameBits(one, sum.AsSpan(row * Stride, width), "sum");
            RowMath.Average(ref leftRow, ref rightRow, ref one[0], width);
            KernelTestData.AssertSameBits(one, average.AsSpan(row * Stride, width), "average");
            Assert.All(sum[((row * Stride) + width)..((row + 1) * Stride)], value => Assert.Equal(7, value));
            Assert.All(average[((row * Stride) + width)..((row + 1) * Stride)], value => Assert.Equal(7, value));
        }
    }

    [Fact]
    public void Concatenate_puts_the_right_row_behind_the_left_one()
    {
        float[] left = [1, 2, 0, 3, 4, 0, 5, 6, 0], right = [10, 20, 30], result = Filled(), one = new float[3];
        RowMath.Concatenate(left, 3, 2, right, 1, 1, Count, result, Stride);
        for (int row = 0; row < Count; row++)
        {
            float[] expected = [left[row * 3], left[(row * 3) + 1], right[row]];
            Assert.Equal([.. expected, 7], result[(row * Stride)..((row * Stride) + 4)]);
            RowMath.Concatenate(ref left[row * 3], 2, ref right[row], 1, ref one[0]);
            Assert.Equal(expected, one);
        }
    }

    [Fact]
    public void Reverse_turns_the_order_of_the_rows()
    {
        float[] result = Filled();
        RowMath.Reverse([1, 2, 0, 3, 4, 0, 5, 6, 0], 3, Count, 2, result, Stride);
        Assert.Equal([5, 6, 7], result[..3]);
        Assert.Equal([3, 4, 7], result[Stride..(Stride + 3)]);
        Assert.Equal([1, 2, 7], result[(2 * Stride)..((2 * Stride) + 3)]);
    }

    [Fact]
    public void AddGradient_adds_a_part_of_every_row_times_the_factor()
    {
        float[] target = [100, 0, 200, 0, 300, 0];
        RowMath.AddGradient([1, 2, 3, 4, 5, 6, 7, 8, 9], 3, first: 1, factor: 0.5f, count: 3, width: 1, target, 2);
        Assert.Equal([101, 0, 202.5f, 0, 304, 0], target);
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        float[] left = new float[Count * Stride], right = new float[Count * Stride], result = new float[Count * Stride];
        KernelTestData.AssertAllocatesNothing(() =>
        {
            RowMath.Add(left, Stride, right, Stride, Count, 9, result, Stride);
            RowMath.Average(left, Stride, right, Stride, Count, 9, result, Stride);
            RowMath.Concatenate(left, Stride, 9, right, Stride, 9, Count, result, Stride);
            RowMath.Reverse(left, Stride, Count, 9, result, Stride);
            RowMath.AddGradient(left, Stride, 0, 1, Count, 9, result, Stride);
        });
    }

    private static float[] Filled()
    {
        float[] values = new float[Count * Stride];
        Array.Fill(values, 7);
        return values;
    }
}
