using System.Numerics;
using Seq.Embedded.Kernels;

namespace Seq.Embedded.Tests.Kernels;

public class PanelTests
{
    [Theory]
    [InlineData(1, 16)]
    [InlineData(16, 16)]
    [InlineData(17, 32)]
    [InlineData(64, 64)]
    public void Padded_rounds_up_to_a_multiple_of_16(int units, int expected) => Assert.Equal(expected, Panel.Padded(units));

    [Fact]
    public void Padded_and_Size_beyond_int_throw()
    {
        Assert.Throws<OverflowException>(() => Panel.Padded(int.MaxValue));
        Assert.Throws<OverflowException>(() => Panel.Size(1 << 20, 1 << 20, 1));
    }

    [Fact]
    public void Size_counts_bias_and_padding() => Assert.Equal((5 + 1) * 3 * 16, Panel.Size(units: 7, columns: 5, vectors: 3));

    [Fact]
    public void ClearPadding_keeps_the_units_and_the_rows_behind()
    {
        float[] values = [.. Enumerable.Repeat(float.NaN, 3 * 32)];
        foreach (int unit in Enumerable.Range(0, 17))
        {
            values[unit] = values[32 + unit] = unit;
        }

        Panel.ClearPadding(values, rows: 2, units: 17);

        float[] row = [.. Enumerable.Range(0, 32).Select(unit => unit < 17 ? (float)unit : 0)];
        Assert.Equal([.. row, .. row], values[..64]);
        Assert.All(values[64..], value => Assert.Equal(float.NaN, value));
        Assert.Throws<ArgumentOutOfRangeException>(() => Panel.ClearPadding(values, rows: 4, units: 17));
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(1, -1, 1)]
    [InlineData(1, 1, 0)]
    public void Size_below_1_throws(int units, int columns, int vectors) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Panel.Size(units, columns, vectors));

    [Theory]
    [InlineData(5, 3)]
    [InlineData(16, 1)]
    [InlineData(37, 4)]
    public void Pack_puts_every_weight_where_the_layout_says(int units, int columns)
    {
        int[] gates = [2, 0, 1];
        float[] weight = KernelTestData.Random(4 * units * columns, seed: 1);
        float[] bias = KernelTestData.Random(4 * units, seed: 2);
        float[] panel = KernelTestData.Random(Panel.Size(units, columns, gates.Length), seed: 3);
        Panel.Pack(weight, bias, gates, units, columns, panel);

        float[] expected = new float[panel.Length];
        int lanes = Vector<float>.Count;
        for (int v = 0; v < gates.Length; v++)
        {
            for (int unit = 0; unit < units; unit++)
            {
                int block = unit / lanes;
                int lane = unit % lanes;
                expected[((block * (columns + 1) + 0) * gates.Length + v) * lanes + lane] = bias[gates[v] * units + unit];
                for (int k = 0; k < columns; k++)
                {
                    expected[((block * (columns + 1) + 1 + k) * gates.Length + v) * lanes + lane] = weight[(gates[v] * units + unit) * columns + k];
                }
            }
        }

        KernelTestData.AssertSameBits(expected, panel, "panel");
    }

    [Fact]
    public void Pack_without_bias_packs_zeros()
    {
        float[] panel = new float[Panel.Size(3, 2, 1)];
        Panel.Pack([1, 2, 3, 4, 5, 6], [], [0], 3, 2, panel);
        Assert.Equal(-1, panel.AsSpan(0, Vector<float>.Count).IndexOfAnyExcept(0f));
        Assert.Equal(21, panel.Sum());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Unpack_is_the_inverse_and_keeps_other_gates(bool withBias)
    {
        const int Units = 19, Columns = 6;
        int[] gates = [3, 1];
        float[] weight = KernelTestData.Random(4 * Units * Columns, seed: 1);
        float[] bias = KernelTestData.Random(4 * Units, seed: 2);
        float[] panel = new float[Panel.Size(Units, Columns, gates.Length)];
        Panel.Pack(weight, bias, gates, Units, Columns, panel);

        float[] weightBack = new float[weight.Length];
        float[] biasBack = new float[withBias ? bias.Length : 0];
        weightBack.AsSpan().Fill(-7);
        biasBack.AsSpan().Fill(-7);
        Panel.Unpack(panel, gates, Units, Columns, weightBack, biasBack);
        for (int gate = 0; gate < 4; gate++)
        {
            bool kept = !gates.Contains(gate);
            for (int i = gate * Units * Columns; i < (gate + 1) * Units * Columns; i++)
            {
                Assert.Equal(kept ? -7 : weight[i], weightBack[i]);
            }

            for (int i = gate * Units; withBias && i < (gate + 1) * Units; i++)
            {
                Assert.Equal(kept ? -7 : bias[i], biasBack[i]);
            }
        }
    }

    [Theory]
    [InlineData(11, 3, 1, 32, "The weight has 11 floats; allowed is a multiple of units * columns = 3 * 1 = 3.")]
    [InlineData(0, 0, 1, 32, "The weight has 0 floats; allowed is a multiple of units * columns = 3 * 1 = 3.")]
    [InlineData(6, 3, 1, 32, "The bias has 3 floats; allowed are 0 and gates * units = 2 * 3 = 6.")]
    [InlineData(6, 6, 2, 32, "The panel asks for gate 2; the weight holds gates 0 to 1.")]
    [InlineData(6, 6, -1, 32, "The panel asks for gate -1; the weight holds gates 0 to 1.")]
    [InlineData(6, 6, 1, 31, "The panel has 31 floats; 1 vectors of 3 units and 1 columns take 32.")]
    public void Pack_and_Unpack_wrong_argument_names_it(int weight, int bias, int gate, int panel, string message)
    {
        Assert.Equal(
            message, Assert.Throws<ArgumentException>(() => Panel.Pack(new float[weight], new float[bias], [gate], 3, 1, new float[panel])).Message);
        Assert.Equal(
            message, Assert.Throws<ArgumentException>(() => Panel.Unpack(new float[panel], [gate], 3, 1, new float[weight], new float[bias])).Message);
    }
}
