using Seq.Embedded.Kernels;

namespace Seq.Embedded.Tests.Kernels;

/// <summary>
/// One shape with random data: gates in mixed order, slots before and after the panel's own. The reference is written from the documentation: integers for the sums,
/// then the three roundings that it states.
/// </summary>
internal sealed class Int8PanelProductCase
{
    private const int FirstSlot = 1;

    private readonly int _rows;
    private readonly int _columns;
    private readonly int _units;
    private readonly int _vectors;
    private readonly int _slots;
    private readonly int _stride;
    private readonly int _rowLength;
    private readonly int[] _gates;
    private readonly sbyte[] _bytes;
    private readonly float[] _scales;
    private readonly float[] _bias;
    private readonly float[] _panel;

    public Int8PanelProductCase(int rows, int columns, int units, int vectors, int? stride = null, bool extreme = false)
    {
        (_rows, _columns, _units, _vectors) = (rows, columns, units, vectors);
        _slots = vectors + 2;
        _stride = stride ?? columns + 3;
        _rowLength = _slots * Panel.Padded(units);
        _gates = [.. Enumerable.Range(0, vectors).Select(v => (v + 1) % vectors)];
        Random random = new((7 * rows) + columns + units);
        _bytes = [.. Enumerable.Range(0, vectors * units * columns).Select(_ => (sbyte)(extreme ? 127 : random.Next(-127, 128)))];
        _scales = Array.ConvertAll(KernelTestData.Random(vectors * units, seed: 1), Math.Abs);
        _bias = KernelTestData.Random(vectors * units, seed: 2);
        _panel = new float[Int8Panel.Size(units, columns, vectors)];
        Int8Panel.Pack(_bytes, _scales, _bias, _gates, units, columns, _panel);

        // Reading a gap between rows would show as NaN.
        X = KernelTestData.Random(Math.Max(0, ((rows - 1) * _stride) + columns), seed: 3);
        for (int i = 0; i < X.Length; i++)
        {
            X[i] = extreme ? -1 : _stride <= columns || i % _stride < columns ? X[i] : float.NaN;
        }
    }

    public float[] X { get; }

    private string Name => $"rows {_rows}, {_stride} apart, columns {_columns}, units {_units}, vectors {_vectors}";

    public void CheckMultiply(int accumulated)
    {
        float[] old = KernelTestData.Random(_rows * _rowLength, seed: 4), expected = [.. old];
        for (int row = 0; row < _rows; row++)
        {
            (float scale, int[] q) = Round(X.AsSpan(row * _stride, _columns));
            Fill(expected, row, v => v < accumulated, (v, unit) =>
            {
                int weights = ((_gates[v] * _units) + unit) * _columns;
                long sum = 0;
                for (int k = 0; k < _columns; k++)
                {
                    sum += q[k] * _bytes[weights + k];
                }

                return ((float)checked((int)sum), _scales[(_gates[v] * _units) + unit] * scale);
            });
        }

        float[] actual = Multiply(old, accumulated);
        KernelTestData.AssertSameBits(expected, actual, $"Multiply, {Name}, accumulated {accumulated}");

        // A step computes one row by itself, and with memory that something else was in.
        float[] single = [.. old], work = KernelTestData.Random(Int8PanelProduct.WorkFloats(_columns), seed: 5);
        for (int row = 0; row < _rows; row++)
        {
            Int8PanelProduct.Quantize(ref X[row * _stride], _columns, ref work[0]);
            Int8PanelProduct.MultiplyRow(ref work[0], ref _panel[0], _units, _columns, _vectors, ref single[row * _rowLength], _slots, FirstSlot, accumulated);
        }

        ForgetUnusedLanes(old, single);
        KernelTestData.AssertSameBits(expected, single, $"MultiplyRow, {Name}, accumulated {accumulated}");
    }

    public void CheckGather()
    {
        Random random = new(_rows);
        int[] tokens = [.. Enumerable.Range(0, _rows).Select(_ => random.Next(_columns))];
        float[] old = KernelTestData.Random(_rows * _rowLength, seed: 6), expected = [.. old], actual = [.. old], single = [.. old];
        for (int row = 0; row < _rows; row++)
        {
            Fill(expected, row, _ => false, (v, unit) => (_bytes[(((_gates[v] * _units) + unit) * _columns) + tokens[row]], _scales[(_gates[v] * _units) + unit]));
            Int8PanelProduct.GatherRow(tokens[row], ref _panel[0], _units, _columns, _vectors, ref single[row * _rowLength], _slots, FirstSlot);
        }

        Int8PanelProduct.Gather(tokens, _rows, _panel, _units, _columns, _vectors, actual, _slots, FirstSlot);
        ForgetUnusedLanes(old, actual);
        ForgetUnusedLanes(old, single);
        KernelTestData.AssertSameBits(expected, actual, $"Gather, {Name}");
        KernelTestData.AssertSameBits(expected, single, $"GatherRow, {Name}");
    }

    /// <summary>The product of all rows; lanes that are no unit's, and slots of others, as they were.</summary>
    public float[] Multiply(float[] old, int accumulated)
    {
        float[] actual = [.. old], work = KernelTestData.Random(Int8PanelProduct.WorkFloats(_columns), seed: 5);
        Int8PanelProduct.Multiply(X, _rows, _stride, _panel, _units, _columns, _vectors, actual, _slots, FirstSlot, accumulated, work);
        ForgetUnusedLanes(old, actual);
        return actual;
    }

    /// <summary>All values of the panel's slots of a row.</summary>
    public float[] Row(float[] slots, int row) =>
        [.. Enumerable.Range(0, _vectors).SelectMany(v => Enumerable.Range(0, _units).Select(unit => slots[Slot(row, v, unit)]))];

    public float[] Slots(int seed) => KernelTestData.Random(_rows * _rowLength, seed);

    private void Fill(float[] expected, int row, Predicate<int> isAdded, Func<int, int, (float Sum, float Scale)> product)
    {
        for (int v = 0; v < _vectors; v++)
        {
            for (int unit = 0; unit < _units; unit++)
            {
                (float sum, float scale) = product(v, unit);
                float bias = _bias[(_gates[v] * _units) + unit];
                ref float value = ref expected[Slot(row, v, unit)];
                value = KernelTestData.MultiplyAdd(sum, scale, isAdded(v) ? value + bias : bias);
            }
        }
    }

    /// <summary>x = q * scale, the largest at 63.</summary>
    private static (float Scale, int[] Q) Round(ReadOnlySpan<float> x)
    {
        float largest = 0;
        foreach (float value in x)
        {
            largest = Math.Max(largest, Math.Abs(value));
        }

        float factor = largest < 1e-30f ? 0 : 63 / largest;
        return (largest * (1f / 63), [.. x.ToArray().Select(value => (int)MathF.Round(value * factor, MidpointRounding.ToEven))]);
    }

    private int Slot(int row, int v, int unit)
    {
        int lanes = System.Numerics.Vector<float>.Count;
        return (row * _rowLength) + ((((unit / lanes) * _slots) + FirstSlot + v) * lanes) + (unit % lanes);
    }

    /// <summary>Lanes beyond the units may hold anything in the panel's own slots; those of other slots must stay.</summary>
    private void ForgetUnusedLanes(float[] old, float[] actual)
    {
        int lanes = System.Numerics.Vector<float>.Count;
        for (int row = 0; row < _rows; row++)
        {
            for (int v = 0; v < _vectors; v++)
            {
                for (int unit = _units; unit < (_units + lanes - 1) / lanes * lanes; unit++)
                {
                    actual[Slot(row, v, unit)] = old[Slot(row, v, unit)];
                }
            }
        }
    }
}
