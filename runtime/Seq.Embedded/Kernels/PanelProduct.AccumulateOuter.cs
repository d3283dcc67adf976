using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Seq.Embedded.Kernels;

public static partial class PanelProduct
{
    /// <summary>Rows whose operands and deltas stay in the first-level cache while all columns and vectors pass over them.</summary>
    private const int OuterRows = 32;

    /// <summary>
    /// Adds to a panel's gradient: weight[v, block, lane, column k] += sum over rows of x[row][k] * delta[row][block][firstSlot + v][lane],
    /// and bias[v, block, lane] += sum over rows of delta[row][block][firstSlot + v][lane].
    /// </summary>
    /// <remarks>Rows are added in order, each with one fused multiply-add, to the value that the gradient holds: the same bits at every vector width.</remarks>
    /// <param name="x">(rows, columns), rows <paramref name="xStride"/> apart.</param>
    /// <param name="rows">Number of rows, 0 or more.</param>
    /// <param name="xStride">Floats from one row of x to the next, at least <paramref name="columns"/>.</param>
    /// <param name="delta">(rows, slots * Panel.Padded(units)): gradient of the pre-activations. Lanes beyond the units go to the gradient's padding.</param>
    /// <param name="slots">Vectors per block in a row of delta.</param>
    /// <param name="firstSlot">The slot of the panel's first vector.</param>
    /// <param name="panelGradient"><see cref="Panel.Size"/> floats, in the order of the panel.</param>
    /// <param name="units">Units per gate.</param>
    /// <param name="columns">Length of a row of x.</param>
    /// <param name="vectors">Gates in the panel.</param>
    /// <param name="bias">False: the biases are not trained, and their gradient stays as it is.</param>
    /// <exception cref="ArgumentOutOfRangeException">units or vectors is below 1, or rows or columns is negative.</exception>
    /// <exception cref="ArgumentException">A span is too short for the sizes, the gradient is not exactly the panel's size, or the slots are out of range.</exception>
    public static void AccumulateOuter(
        ReadOnlySpan<float> x, int rows, int xStride, ReadOnlySpan<float> delta, int slots, int firstSlot,
        Span<float> panelGradient, int units, int columns, int vectors, bool bias = true)
    {
        Shape shape = new(rows, units, columns, vectors, slots, firstSlot, panelGradient.Length, delta.Length);
        CheckOperand(nameof(x), x.Length, rows, xStride, columns);
        if (TwoBlocks.IsSupported)
        {
            AccumulateOuter<TwoBlocks>(x, rows, xStride, delta, shape, Blocks.Pairs(shape.Blocks), panelGradient, bias);
        }

        AccumulateOuter<OneBlock>(x, rows, xStride, delta, shape, Blocks.Rest(shape.Blocks), panelGradient, bias);
    }

    /// <summary>Adds the sum over all rows and units of one slot of delta to the first float of a gradient: the gradient of a scalar that all units share.</summary>
    /// <remarks>The sum runs in double precision, row by row from the first unit to the last: the same bits at every vector width. Allocates nothing.</remarks>
    /// <param name="rows">Number of rows, 0 or more.</param>
    /// <param name="delta">(rows, slots * Panel.Padded(units)).</param>
    /// <param name="slots">Vectors per block in a row of delta.</param>
    /// <param name="firstSlot">The slot.</param>
    /// <param name="gradient">The scalar's panel: one vector of one unit, no columns.</param>
    /// <param name="units">Units of the layer.</param>
    /// <exception cref="ArgumentOutOfRangeException">units is below 1, or rows is negative.</exception>
    /// <exception cref="ArgumentException">A span is too short for the sizes, or the slot is out of range.</exception>
    public static void AccumulateScalar(int rows, ReadOnlySpan<float> delta, int slots, int firstSlot, Span<float> gradient, int units)
    {
        Shape shape = new(rows, units, 0, 1, slots, firstSlot, Panel.Size(units, 0, 1), delta.Length);
        double sum = 0;
        for (int row = 0; row < rows; row++)
        {
            for (int unit = 0; unit < units; unit++)
            {
                (int block, int lane) = Math.DivRem(unit, Vector<float>.Count);
                sum += delta[(row * shape.RowLength) + (((block * slots) + firstSlot) * Vector<float>.Count) + lane];
            }
        }

        gradient[0] += (float)sum;
    }

    private static void AccumulateOuter<T>(
        ReadOnlySpan<float> x, int rows, nint xStride, ReadOnlySpan<float> delta, in Shape shape, in Blocks blocks, Span<float> panelGradient, bool bias)
        where T : struct, IBlockVector<T>
    {
        ref float gradient = ref MemoryMarshal.GetReference(panelGradient);
        for (int row = 0; row < rows; row += OuterRows)
        {
            int count = Math.Min(OuterRows, rows - row);
            ref float xRow = ref Unsafe.Add(ref MemoryMarshal.GetReference(x), row * xStride);
            ref float deltaRow = ref Unsafe.Add(ref MemoryMarshal.GetReference(delta), (nint)row * shape.RowLength);
            for (Tile tile = Tile.First(shape, blocks); tile.IsInside; tile = tile.Next(shape, blocks))
            {
                if (bias)
                {
                    AccumulateBias<T>(count, ref deltaRow, shape, tile, ref gradient);
                }

                for (int column = 0; column < shape.Columns; column += 4)
                {
                    OuterTile<T>(ref xRow, count, xStride, ref deltaRow, shape, tile, ref gradient, column);
                }
            }
        }
    }

    private static void AccumulateBias<T>(int rows, ref float delta, in Shape shape, in Tile tile, ref float gradient)
        where T : struct, IBlockVector<T>
    {
        nint rowLength = shape.RowLength, apart = shape.PanelBlock, slotApart = shape.SlotBlock;
        ref float e0 = ref Unsafe.Add(ref delta, tile.Slot0);
        ref float e1 = ref Unsafe.Add(ref delta, tile.Slot1);
        ref float e2 = ref Unsafe.Add(ref delta, tile.Slot2);
        T g0 = T.Load(ref Unsafe.Add(ref gradient, tile.Bias0), apart);
        T g1 = T.Load(ref Unsafe.Add(ref gradient, tile.Bias1), apart);
        T g2 = T.Load(ref Unsafe.Add(ref gradient, tile.Bias2), apart);
        nint d = 0;
        for (int row = 0; row < rows; row++, d += rowLength)
        {
            g0 = T.Add(g0, T.Load(ref Unsafe.Add(ref e0, d), slotApart));
            g1 = T.Add(g1, T.Load(ref Unsafe.Add(ref e1, d), slotApart));
            g2 = T.Add(g2, T.Load(ref Unsafe.Add(ref e2, d), slotApart));
        }

        T.Store(g0, ref Unsafe.Add(ref gradient, tile.Bias0), apart);
        T.Store(g1, ref Unsafe.Add(ref gradient, tile.Bias1), apart);
        T.Store(g2, ref Unsafe.Add(ref gradient, tile.Bias2), apart);
    }

    /// <summary>Four columns (the last one repeated where they end) times three vectors: twelve gradients in registers, over all rows.</summary>
    private static void OuterTile<T>(
        ref float x, int rows, nint xStride, ref float delta, in Shape shape, in Tile tile, ref float gradient, int column)
        where T : struct, IBlockVector<T>
    {
        int last = shape.Columns - 1;
        nint c1 = Math.Min(column + 1, last) - column;
        nint c2 = Math.Min(column + 2, last) - column;
        nint c3 = Math.Min(column + 3, last) - column;
        nint stride = shape.ColumnStride, rowLength = shape.RowLength, apart = shape.PanelBlock, slotApart = shape.SlotBlock;
        ref float g0 = ref Unsafe.Add(ref gradient, tile.Bias0 + ((1 + column) * stride));
        ref float g1 = ref Unsafe.Add(ref gradient, tile.Bias1 + ((1 + column) * stride));
        ref float g2 = ref Unsafe.Add(ref gradient, tile.Bias2 + ((1 + column) * stride));
        T g00 = T.Load(ref g0, apart), g10 = T.Load(ref g1, apart), g20 = T.Load(ref g2, apart);
        T g01 = T.Load(ref Unsafe.Add(ref g0, c1 * stride), apart), g11 = T.Load(ref Unsafe.Add(ref g1, c1 * stride), apart), g21 = T.Load(ref Unsafe.Add(ref g2, c1 * stride), apart);
        T g02 = T.Load(ref Unsafe.Add(ref g0, c2 * stride), apart), g12 = T.Load(ref Unsafe.Add(ref g1, c2 * stride), apart), g22 = T.Load(ref Unsafe.Add(ref g2, c2 * stride), apart);
        T g03 = T.Load(ref Unsafe.Add(ref g0, c3 * stride), apart), g13 = T.Load(ref Unsafe.Add(ref g1, c3 * stride), apart), g23 = T.Load(ref Unsafe.Add(ref g2, c3 * stride), apart);

        delta = ref Unsafe.Add(ref delta, tile.Slot0);
        nint e1 = tile.Slot1 - tile.Slot0, e2 = tile.Slot2 - tile.Slot0;
        x = ref Unsafe.Add(ref x, column);
        for (int row = 0; row < rows; row++)
        {
            T d0 = T.Load(ref delta, slotApart);
            T d1 = T.Load(ref Unsafe.Add(ref delta, e1), slotApart);
            T d2 = T.Load(ref Unsafe.Add(ref delta, e2), slotApart);
            T value = T.All(x);
            g00 = T.MultiplyAdd(value, d0, g00);
            g10 = T.MultiplyAdd(value, d1, g10);
            g20 = T.MultiplyAdd(value, d2, g20);
            value = T.All(Unsafe.Add(ref x, c1));
            g01 = T.MultiplyAdd(value, d0, g01);
            g11 = T.MultiplyAdd(value, d1, g11);
            g21 = T.MultiplyAdd(value, d2, g21);
            value = T.All(Unsafe.Add(ref x, c2));
            g02 = T.MultiplyAdd(value, d0, g02);
            g12 = T.MultiplyAdd(value, d1, g12);
            g22 = T.MultiplyAdd(value, d2, g22);
            value = T.All(Unsafe.Add(ref x, c3));
            g03 = T.MultiplyAdd(value, d0, g03);
            g13 = T.MultiplyAdd(value, d1, g13);
            g23 = T.MultiplyAdd(value, d2, g23);
            x = ref Unsafe.Add(ref x, xStride);
            delta = ref Unsafe.Add(ref delta, rowLength);
        }

        T.Store(g00, ref g0, apart);
        T.Store(g10, ref g1, apart);
        T.Store(g20, ref g2, apart);
        T.Store(g01, ref Unsafe.Add(ref g0, c1 * stride), apart);
        T.Store(g11, ref Unsafe.Add(ref g1, c1 * stride), apart);
        T.Store(g21, ref Unsafe.Add(ref g2, c1 * stride), apart);
        T.Store(g02, ref Unsafe.Add(ref g0, c2 * stride), apart);
        T.Store(g12, ref Unsafe.Add(ref g1, c2 * stride), apart);
        T.Store(g22, ref Unsafe.Add(ref g2, c2 * stride), apart);
        T.Store(g03, ref Unsafe.Add(ref g0, c3 * stride), apart);
        T.Store(g13, ref Unsafe.Add(ref g1, c3 * stride), apart);
        T.Store(g23, ref Unsafe.Add(ref g2, c3 * stride), apart);
    }
}
