using System.Numerics;
using Seq.Embedded.Kernels;

namespace Seq.Embedded.Tests.Kernels;

/// <summary>One shape with random data: panels of gates in mixed order, slots before and after the panel's own, rows with gaps.</summary>
internal sealed class PanelProductCase
{
    private const int FirstSlot = 1;

    private static readonly int s_lanes = Vector<float>.Count;

    private readonly int _rows;
    private readonly int _columns;
    private readonly int _units;
    private readonly int _vectors;
    private readonly int _slots;
    private readonly int _stride;
    private readonly int _rowLength;
    private readonly int[] _gates;
    private readonly float[] _weight;
    private readonly float[] _bias;
    private readonly float[] _panel;
    private readonly float[] _x;

    public PanelProductCase(int rows, int columns, int units, int vectors)
    {
        (_rows, _columns, _units, _vectors) = (rows, columns, units, vectors);
        _slots = vectors + 2;
        _stride = columns + 3;
        _rowLength = _slots * Panel.Padded(units);
        _gates = [.. Enumerable.Range(0, vectors).Select(v => (v + 1) % vectors)];
        _weight = KernelTestData.Random(vectors * units * columns, seed: 1);
        _bias = KernelTestData.Random(vectors * units, seed: 2);
        _panel = new float[Panel.Size(units, columns, vectors)];
        Panel.Pack(_weight, _bias, _gates, units, columns, _panel);

        // Reading a gap between rows would show as NaN.
        _x = KernelTestData.Random(Math.Max(0, (rows - 1) * _stride + columns), seed: 3);
        for (int i = 0; i < _x.Length; i++)
        {
            _x[i] = i % _stride < columns ? _x[i] : float.NaN;
        }
    }

    private string Name => $"rows {_rows}, columns {_columns}, units {_units}, vectors {_vectors}";

    public void CheckMultiply(int accumulated)
    {
        float[] old = KernelTestData.Random(_rows * _rowLength, seed: 4);
        float[] expected = [.. old];
        for (int row = 0; row < _rows; row++)
        {
            for (int v = 0; v < _vectors; v++)
            {
                for (int unit = 0; unit < _units; unit++)
                {
                    ref float value = ref expected[Slot(row, v, unit)];
                    value = Preactivation(row, v, unit, v < accumulated ? value : 0);
                }
            }
        }

        float[] actual = [.. old];
        PanelProduct.Multiply(_x, _rows, _stride, _panel, _units, _columns, _vectors, actual, _slots, FirstSlot, accumulated);
        ForgetUnusedLanes(old, actual);
        KernelTestData.AssertSameBits(expected, actual, $"Multiply, {Name}, accumulated {accumulated}");

        // The same bits row by row: streaming agrees with a whole sequence.
        float[] single = [.. old];
        for (int row = 0; row < _rows; row++)
        {
            PanelProduct.Multiply(
                _x.AsSpan(row * _stride), 1, _stride, _panel, _units, _columns, _vectors,
                single.AsSpan(row * _rowLength), _slots, FirstSlot, accumulated);
        }

        ForgetUnusedLanes(old, single);
        KernelTestData.AssertSameBits(expected, single, $"Multiply row by row, {Name}, accumulated {accumulated}");
    }

    public void CheckMultiplyTransposed()
    {
        // Lanes beyond the units are not read, and those of the transposed panel beyond the columns may hold anything finite.
        float[] delta = KernelTestData.Random(_rows * _rowLength, seed: 5);
        float[] expected = KernelTestData.Random(_x.Length, seed: 6);
        float[] actual = [.. expected], single = [.. expected];
        float[] transposed = KernelTestData.Random(PanelProduct.TransposedSize(_units, _columns, _vectors), seed: 10);
        PanelProduct.Transpose(_panel, _units, _columns, _vectors, transposed);
        for (int row = 0; row < _rows; row++)
        {
            for (int k = 0; k < _columns; k++)
            {
                ref float value = ref expected[(row * _stride) + k];
                for (int v = 0; v < _vectors; v++)
                {
                    for (int unit = 0; unit < _units; unit++)
                    {
                        value = KernelTestData.MultiplyAdd(delta[Slot(row, v, unit)], Weight(v, unit, k), value);
                    }
                }
            }
        }

        ForgetUnusedLanes([.. Enumerable.Repeat(float.NaN, delta.Length)], delta);
        PanelProduct.MultiplyTransposed(delta, _rows, _slots, FirstSlot, transposed, _units, _columns, _vectors, actual, _stride);
        KernelTestData.AssertSameBits(expected, actual, $"MultiplyTransposed, {Name}");
        for (int row = 0; row < _rows; row++)
        {
            PanelProduct.MultiplyTransposed(
                delta.AsSpan(row * _rowLength), 1, _slots, FirstSlot, transposed, _units, _columns, _vectors, single.AsSpan(row * _stride), _stride);
        }

        KernelTestData.AssertSameBits(expected, single, $"MultiplyTransposed row by row, {Name}");
    }

    public void CheckAccumulateOuter()
    {
        float[] delta = KernelTestData.Random(_rows * _rowLength, seed: 7);
        float[] weight = KernelTestData.Random(_weight.Length, seed: 8);
        float[] bias = KernelTestData.Random(_bias.Length, seed: 9);
        float[] actual = new float[_panel.Length];
        Panel.Pack(weight, bias, _gates, _units, _columns, actual);
        float[] expected = [.. actual];
        for (int v = 0; v < _vectors; v++)
        {
            // All lanes of the blocks in use, those beyond the units as well.
            for (int unit = 0; unit < (_units + s_lanes - 1) / s_lanes * s_lanes; unit++)
            {
                for (int k = -1; k < _columns; k++)
                {
                    ref float value = ref expected[((unit / s_lanes * (_columns + 1) + 1 + k) * _vectors + v) * s_lanes + unit % s_lanes];
                    for (int row = 0; row < _rows; row++)
                    {
                        float d = delta[Slot(row, v, unit)];
                        value = k < 0 ? value + d : KernelTestData.MultiplyAdd(_x[row * _stride + k], d, value);
                    }
                }
            }
        }

        PanelProduct.AccumulateOuter(_x, _rows, _stride, delta, _slots, FirstSlot, actual, _units, _columns, _vectors);
        KernelTestData.AssertSameBits(expected, actual, $"AccumulateOuter, {Name}");
    }

    /// <summary>The sum order of the doc comment of Multiply, in scalars.</summary>
    private float Preactivation(int row, int v, int unit, float old)
    {
        int sets = _vectors <= 2 ? 4 : 2;
        float[] s = new float[sets];
        s[0] = old;
        s[1] = _bias[_gates[v] * _units + unit];
        for (int k = 0; k < _columns; k++)
        {
            s[k % sets] = KernelTestData.MultiplyAdd(_x[row * _stride + k], Weight(v, unit, k), s[k % sets]);
        }

        return sets == 2 ? s[0] + s[1] : (s[0] + s[1]) + (s[2] + s[3]);
    }

    private float Weight(int v, int unit, int k) => _weight[(_gates[v] * _units + unit) * _columns + k];

    private int Slot(int row, int v, int unit) =>
        row * _rowLength + (unit / s_lanes * _slots + FirstSlot + v) * s_lanes + unit % s_lanes;

    /// <summary>Puts back what lanes beyond the units held, which Multiply may write.</summary>
    private void ForgetUnusedLanes(float[] old, float[] actual)
    {
        for (int row = 0; row < _rows; row++)
        {
            for (int v = 0; v < _vectors; v++)
            {
                for (int unit = _units; unit % s_lanes != 0; unit++)
                {
                    actual[Slot(row, v, unit)] = old[Slot(row, v, unit)];
                }
            }
        }
    }
}
