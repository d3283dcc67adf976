using System.Numerics;
using Seq.Embedded.Kernels;

namespace Seq.Embedded.Tests.Kernels;

/// <summary>Panels without columns: trained vectors, and scalars.</summary>
public class TrainedVectorTests
{
    [Fact]
    public void Pack_and_unpack_a_panel_without_columns()
    {
        float[] vectors = KernelTestData.Random(3 * 21, 1), panel = new float[Panel.Size(21, 0, 3)], again = new float[3 * 21];
        Panel.Pack([], vectors, [2, 0, 1], 21, 0, panel);
        Assert.Equal(vectors[(2 * 21) + 20], panel[(20 / Vector<float>.Count * 3 * Vector<float>.Count) + (20 % Vector<float>.Count)]);
        Panel.Unpack(panel, [2, 0, 1], 21, 0, [], again);
        Assert.Equal(vectors, again);
        Assert.Equal(63, panel.Count(value => value != 0));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 21)]
    [InlineData(0, 20)]
    public void Panel_without_columns_takes_no_weights_and_whole_vectors(int weights, int vectors)
    {
        ArgumentException failure = Assert.Throws<ArgumentException>(() => Panel.Pack(new float[weights], new float[vectors], [0], 21, 0, new float[32]));
        Assert.Contains(vectors == 20 || weights + vectors == 0 ? $"The weight has {weights} floats and the bias {vectors}" : "allowed without columns", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AccumulateOuter_without_columns_sums_the_slots_over_rows()
    {
        const int Units = 19, Slots = 5, Rows = 40;
        float[] delta = KernelTestData.Random(Rows * Slots * 32, 3), gradient = new float[Panel.Size(Units, 0, 2)], unpacked = new float[2 * Units];
        PanelProduct.AccumulateOuter(default, Rows, 0, delta, Slots, 3, gradient, Units, 0, 2);
        Panel.Unpack(gradient, [0, 1], Units, 0, [], unpacked);
        for (int i = 0; i < unpacked.Length; i++)
        {
            Assert.Equal(Enumerable.Range(0, Rows).Sum(row => (double)delta[Index(row, Slots, 3 + (i / Units), i % Units)]), unpacked[i], 1e-5);
        }
    }

    [Fact]
    public void AccumulateOuter_without_bias_leaves_the_biases_alone()
    {
        const int Units = 19, Rows = 3;
        float[] x = KernelTestData.Random(Rows * 4, 4), delta = KernelTestData.Random(Rows * 2 * 32, 5);
        float[] with = new float[Panel.Size(Units, 4, 2)], without = new float[with.Length];
        PanelProduct.AccumulateOuter(x, Rows, 4, delta, 2, 0, with, Units, 4, 2);
        PanelProduct.AccumulateOuter(x, Rows, 4, delta, 2, 0, without, Units, 4, 2, bias: false);
        float[] weight = new float[2 * Units * 4], other = new float[weight.Length], bias = new float[2 * Units];
        Panel.Unpack(with, [0, 1], Units, 4, weight, bias);
        Assert.DoesNotContain(0f, bias);
        Panel.Unpack(without, [0, 1], Units, 4, other, bias);
        Assert.Equal(weight, other);
        Assert.All(bias, value => Assert.Equal(0, value));
    }

    [Fact]
    public void AccumulateScalar_adds_all_units_of_all_rows_to_the_first_float()
    {
        const int Units = 21, Slots = 3, Rows = 7;
        float[] delta = KernelTestData.Random(Rows * Slots * 32, 6), gradient = new float[16];
        gradient[0] = 0.5f;
        PanelProduct.AccumulateScalar(Rows, delta, Slots, 2, gradient, Units);
        double sum = 0;
        for (int row = 0; row < Rows; row++)
        {
            for (int unit = 0; unit < Units; unit++)
            {
                sum += delta[Index(row, Slots, 2, unit)];
            }
        }

        Assert.Equal(0.5f + (float)sum, gradient[0]);
        Assert.All(gradient[1..], value => Assert.Equal(0, value));
        KernelTestData.AssertAllocatesNothing(() => PanelProduct.AccumulateScalar(Rows, delta, Slots, 2, gradient, Units));
    }

    [Fact]
    public void AccumulateScalar_checks_its_slot_and_its_rows()
    {
        Assert.Throws<ArgumentException>(() => PanelProduct.AccumulateScalar(1, new float[48], 3, 3, new float[16], 5));
        Assert.Throws<ArgumentException>(() => PanelProduct.AccumulateScalar(2, new float[95], 3, 2, new float[16], 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => PanelProduct.AccumulateScalar(-1, new float[48], 3, 2, new float[16], 5));
    }

    private static int Index(int row, int slots, int slot, int unit) =>
        (row * slots * 32) + ((((unit / Vector<float>.Count) * slots) + slot) * Vector<float>.Count) + (unit % Vector<float>.Count);
}
