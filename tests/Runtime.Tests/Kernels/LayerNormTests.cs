using System.Numerics;
using Seq.Embedded.Kernels;

namespace Seq.Embedded.Tests.Kernels;

public class LayerNormTests
{
    private const int Slots = 7;
    private const int First = 1;
    private const int Scale = 6;
    private const int Gradients = 4;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    [InlineData(4, 1)]
    [InlineData(17, 2)]
    [InlineData(70, 2)]
    public void Normalize_gives_the_formula_and_leaves_other_slots_and_padding(int units, int vectors)
    {
        float[] values = KernelTestData.Random(2 * Slots * Panel.Padded(units), units), before = [.. values];
        LayerNorm.Normalize(ref values[0], 2, Slots, First, vectors, Scale, units);
        for (int row = 0; row < 2; row++)
        {
            double[] group = Values(before, row, units, vectors, First);
            double mean = group.Average(), scale = 1 / Math.Sqrt(group.Average(value => (value - mean) * (value - mean)) + 1e-5);
            double[] actual = Values(values, row, units, vectors, First);
            for (int i = 0; i < group.Length; i++)
            {
                Assert.Equal((group[i] - mean) * scale, actual[i], 1e-6);
            }

            Assert.Equal(scale, values[Index(row, units, Scale, 0)], 1e-6 * scale);
        }

        HashSet<int> written = [.. Enumerable.Range(0, 2).SelectMany(row => Enumerable.Range(0, vectors * units).Select(i => Index(row, units, First + (i / units), i % units)).Append(Index(row, units, Scale, 0)))];
        Assert.All(Enumerable.Range(0, values.Length).Where(i => !written.Contains(i)), i => Assert.Equal(before[i], values[i]));
    }

    [Theory]
    [InlineData(3, 2)]
    [InlineData(17, 1)]
    [InlineData(38, 2)]
    public void Gradient_agrees_with_finite_differences(int units, int vectors)
    {
        float[] values = KernelTestData.Random(Slots * Panel.Padded(units), units);
        double[] group = Values(values, 0, units, vectors, First), gradients = Values(values, 0, units, vectors, Gradients);
        double Loss()
        {
            double mean = group.Average(), scale = 1 / Math.Sqrt(group.Average(value => (value - mean) * (value - mean)) + 1e-5);
            return group.Zip(gradients, (value, gradient) => (value - mean) * scale * gradient).Sum();
        }

        LayerNorm.Normalize(ref values[0], 1, Slots, First, vectors, Scale, units);
        LayerNorm.Gradient(ref values[0], 1, Slots, First, vectors, Scale, units, Gradients);
        double[] actual = Values(values, 0, units, vectors, First);
        for (int i = 0; i < group.Length; i++)
        {
            double value = group[i];
            group[i] = value + 1e-6;
            double above = Loss();
            group[i] = value - 1e-6;
            double below = Loss();
            group[i] = value;
            Assert.Equal((above - below) / 2e-6, actual[i], 3e-6);
        }
    }

    [Fact]
    public void Not_a_number_stays_in_its_row()
    {
        float[] values = KernelTestData.Random(2 * Slots * 16, 3);
        values[Index(0, 5, First, 2)] = float.NaN;
        LayerNorm.Normalize(ref values[0], 2, Slots, First, 2, Scale, 5);
        Assert.All(Values(values, 0, 5, 2, First), value => Assert.True(double.IsNaN(value)));
        Assert.All(Values(values, 1, 5, 2, First), value => Assert.True(double.IsFinite(value)));
    }

    [Fact]
    public void Equal_values_become_zero()
    {
        float[] values = new float[Slots * 16];
        values.AsSpan().Fill(3);
        LayerNorm.Normalize(ref values[0], 1, Slots, First, 2, Scale, 9);
        Assert.All(Values(values, 0, 9, 2, First), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        float[] values = KernelTestData.Random(2 * Slots * 32, 3);
        KernelTestData.AssertAllocatesNothing(() =>
        {
            LayerNorm.Normalize(ref values[0], 2, Slots, First, 2, Scale, 19);
            LayerNorm.Gradient(ref values[0], 2, Slots, First, 2, Scale, 19, Gradients);
        });
    }

    private static double[] Values(float[] values, int row, int units, int vectors, int first) =>
        [.. Enumerable.Range(0, vectors * units).Select(i => (double)values[Index(row, units, first + (i / units), i % units)])];

    private static int Index(int row, int units, int slot, int unit) =>
        (row * Slots * Panel.Padded(units)) + ((((unit / Vector<float>.Count) * Slots) + slot) * Vector<float>.Count) + (unit % Vector<float>.Count);
}
