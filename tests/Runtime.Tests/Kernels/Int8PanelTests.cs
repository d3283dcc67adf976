using Seq.Embedded.Kernels;

namespace Seq.Embedded.Tests.Kernels;

public class Int8PanelTests
{
    [Theory]
    [InlineData(1f)]
    [InlineData(1e-30f)]
    [InlineData(1e30f)]
    [InlineData(float.MaxValue)]
    [InlineData(1e-38f)]
    public void Quantize_is_off_by_half_a_step_at_most(float magnitude)
    {
        const int Rows = 40, Columns = 33;
        float[] weight = KernelTestData.Random(Rows * Columns, seed: 1, magnitude);
        (sbyte[] bytes, float[] scales) = Quantize(weight, Columns);
        for (int row = 0; row < Rows; row++)
        {
            double largest = Enumerable.Range(row * Columns, Columns).Max(i => Math.Abs((double)weight[i]));
            Assert.Equal(largest / 127, scales[row], largest * 1e-6);
            Assert.Contains(bytes.AsSpan(row * Columns, Columns).ToArray(), value => Math.Abs((int)value) == 127);
        }

        for (int i = 0; i < weight.Length; i++)
        {
            Assert.InRange(bytes[i], -127, 127);
            double scale = scales[i / Columns], error = Math.Abs(weight[i] - (bytes[i] * scale));
            // A scale of few bits may itself be off: 127 times half its last place.
            Assert.True(error <= (0.5 + 1e-3) * scale, $"weight {i}: {weight[i]:R} is {bytes[i]} * {scale:R}, off by {error / scale} steps");
        }
    }

    [Fact]
    public void Quantize_rows_of_zeros_have_scale_0_and_rows_do_not_touch_each_other()
    {
        (sbyte[] bytes, float[] scales) = Quantize([0, -0f, 0, 3, -1.5f, 1e-9f, -8, 8, 4], columns: 3);

        Assert.Equal([0, 0, 0, 127, -64, 0, -127, 127, 64], bytes.Select(value => (int)value)); // 63.5: to the even neighbour
        Assert.Equal(0, scales[0]);
        Assert.Equal(3 / 127.0, scales[1], 1e-6);
        Assert.Equal(8 / 127.0, scales[2], 1e-6);
    }

    [Fact]
    public void Quantize_subnormal_rows_stay_within_the_bytes()
    {
        float[] weight = [.. Enumerable.Range(1, 400).Select(i => i * float.Epsilon)];
        (sbyte[] bytes, float[] scales) = Quantize(weight, columns: 1);
        for (int i = 0; i < weight.Length; i++)
        {
            Assert.InRange(bytes[i], 0, 127);
            Assert.True(Math.Abs(weight[i] - (bytes[i] * (double)scales[i])) <= 64 * (double)float.Epsilon, $"{weight[i]:R}: {bytes[i]} * {scales[i]:R}");
        }
    }

    [Fact]
    public void Quantize_of_what_is_no_number_has_a_scale_that_is_none()
    {
        (_, float[] scales) = Quantize([1, float.NaN, 2, float.NegativeInfinity, 1, 2], columns: 2);
        Assert.Equal([true, true, false], scales.Select(scale => !float.IsFinite(scale)));
    }

    [Fact]
    public void Quantize_lengths_that_do_not_fit_throw()
    {
        Assert.Throws<ArgumentException>(() => Int8Panel.Quantize(new float[6], 3, new sbyte[6], new float[3]));
        Assert.Throws<ArgumentException>(() => Int8Panel.Quantize(new float[6], 3, new sbyte[5], new float[2]));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 3)]
    [InlineData(16, 4)]
    [InlineData(19, 6)]
    [InlineData(37, 130)]
    [InlineData(64, 40)]
    public void Unpack_is_the_inverse_and_keeps_other_gates(int units, int columns)
    {
        foreach (int[] gates in new[] { [0], [3, 1], [2, 0, 1], [1, 3, 2, 0], new[] { 4, 0, 6, 2, 1 } })
        {
            sbyte[] bytes = Bytes(7 * units * columns, seed: units + columns);
            float[] scales = KernelTestData.Random(7 * units, seed: 2), bias = KernelTestData.Random(7 * units, seed: 3);
            float[] panel = KernelTestData.Random(Int8Panel.Size(units, columns, gates.Length), seed: 4);
            Int8Panel.Pack(bytes, scales, bias, gates, units, columns, panel);

            sbyte[] bytesBack = [.. Enumerable.Repeat((sbyte)-77, bytes.Length)];
            float[] scalesBack = [.. Enumerable.Repeat(-7f, scales.Length)], biasBack = [.. scalesBack], scalesAlone = [.. scalesBack];
            Int8Panel.Unpack(panel, gates, units, columns, bytesBack, scalesBack, biasBack);
            Int8Panel.Unpack(panel, gates, units, columns, new sbyte[bytes.Length], scalesAlone, []);
            for (int row = 0; row < scales.Length; row++)
            {
                bool kept = !gates.Contains(row / units);
                Assert.Equal(kept ? -7 : scales[row], scalesBack[row]);
                Assert.Equal(scalesBack[row], scalesAlone[row]);
                Assert.Equal(kept ? -7 : bias[row], biasBack[row]);
                for (int k = 0; k < columns; k++)
                {
                    Assert.Equal(kept ? (sbyte)-77 : bytes[(row * columns) + k], bytesBack[(row * columns) + k]);
                }
            }
        }
    }

    [Fact]
    public void Pack_writes_every_float_and_packs_zeros_without_bias()
    {
        const int Units = 19, Columns = 7;
        sbyte[] bytes = Bytes(3 * Units * Columns, seed: 1);
        float[] scales = KernelTestData.Random(3 * Units, seed: 2), first = new float[Int8Panel.Size(Units, Columns, 3)], second = [.. Enumerable.Repeat(float.NaN, first.Length)];
        Int8Panel.Pack(bytes, scales, [], [2, 0, 1], Units, Columns, first);
        Int8Panel.Pack(bytes, scales, new float[3 * Units], [2, 0, 1], Units, Columns, second);

        KernelTestData.AssertSameBits(first, second, "panel");
    }

    [Fact]
    public void Size_is_about_a_quarter_of_that_of_floats()
    {
        Assert.InRange(Int8Panel.Size(64, 40, 3) / (double)Panel.Size(64, 40, 3), 0.25, 0.35);
        Assert.InRange(Int8Panel.Size(256, 256, 4) / (double)Panel.Size(256, 256, 4), 0.25, 0.27);
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(1, 0, 1)]
    [InlineData(1, 1, -1)]
    public void Size_below_1_throws(int units, int columns, int vectors) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Int8Panel.Size(units, columns, vectors));

    [Fact]
    public void Size_beyond_int_throws() => Assert.Throws<OverflowException>(() => Int8Panel.Size(1 << 20, 1 << 20, 1));

    [Theory]
    [InlineData(6, 3, 3, 0, 0, "6 bytes, 3 scales and 3 biases")]
    [InlineData(5, 6, 6, 0, 0, "5 bytes, 6 scales and 6 biases")]
    [InlineData(6, 6, 3, 0, 0, "6 bytes, 6 scales and 3 biases")]
    [InlineData(4, 4, 0, 0, 0, "4 bytes, 4 scales and 0 biases")]
    [InlineData(6, 6, 6, 2, 0, "gate 2; the weights hold gates 0 to 1")]
    [InlineData(6, 6, 6, -1, 0, "gate -1; the weights hold gates 0 to 1")]
    [InlineData(6, 6, 6, 0, 1, "1 vectors of 3 units and 1 columns take")]
    public void Pack_and_Unpack_wrong_argument_names_it(int bytes, int scales, int bias, int gate, int more, string message)
    {
        float[] panel = new float[Int8Panel.Size(3, 1, 1) + more];
        sbyte[] weights = new sbyte[bytes];
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => Int8Panel.Pack(weights, new float[scales], new float[bias], [gate], 3, 1, panel)).Message, StringComparison.Ordinal);
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => Int8Panel.Unpack(panel, [gate], 3, 1, weights, new float[scales], new float[bias])).Message, StringComparison.Ordinal);
    }

    private static (sbyte[] Bytes, float[] Scales) Quantize(float[] weight, int columns)
    {
        sbyte[] bytes = new sbyte[weight.Length];
        float[] scales = new float[weight.Length / columns];
        Int8Panel.Quantize(weight, columns, bytes, scales);
        return (bytes, scales);
    }

    private static sbyte[] Bytes(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (sbyte)random.Next(-127, 128))];
    }
}
