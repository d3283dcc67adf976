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
        for (int row = 0; row < rows; row += OuterRows)
        {
            int count = Math.Min(OuterRows, rows - row);
            ref float xRow = ref Unsafe.Add(ref MemoryMarshal.GetReference(x), (nint)row * xStride);
            ref float deltaRow = ref Unsafe.Add(ref MemoryMarshal.GetReference(delta), (nint)row * shape.RowLength);
            for (Tile tile = Tile.First(shape); tile.IsInside; tile = tile.Next(shape))
            {
                if (bias)
                {
                    AccumulateBias(count, ref deltaRow, shape, tile, ref MemoryMarshal.GetReference(panelGradient));
                }

                for (int column = 0; column < columns; column += 4)
                {
                    OuterTile(ref xRow, count, xStride, ref deltaRow, shape, tile, ref MemoryMarshal.GetReference(panelGradient), column);
                }
            }
        }
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

    private static void AccumulateBias(int rows, ref float delta, in Shape shape, in Tile tile, ref float gradient)
    {
        nint rowLength = shape.RowLength;
        Vector<float> g0 = Vector.LoadUnsafe(ref gradient, (nuint)tile.Bias0);
        Vector<float> g1 = Vector.LoadUnsafe(ref gradient, (nuint)tile.Bias1);
        Vector<float> g2 = Vector.LoadUnsafe(ref gradient, (nuint)tile.Bias2);
        for (int row = 0; row < rows; row++)
        {
            g0 += Vector.LoadUnsafe(ref delta, (nuint)tile.Slot0);
            g1 += Vector.LoadUnsafe(ref delta, (nuint)tile.Slot1);
            g2 += Vector.LoadUnsafe(ref delta, (nuint)tile.Slot2);
            delta = ref Unsafe.Add(ref delta, rowLength);
        }

        g0.StoreUnsafe(ref gradient, (nuint)tile.Bias0);
        g1.StoreUnsafe(ref gradient, (nuint)tile.Bias1);
        g2.StoreUnsafe(ref gradient, (nuint)tile.Bias2);
    }

    /// <summary>Four columns (the last one repeated where they end) times three vectors: twelve gradients in registers, over all rows.</summary>
    private static void OuterTile(
        ref float x, int rows, nint xStride, ref float delta, in Shape shape, in Tile tile, ref float gradient, int column)
    {
        int last = shape.Columns - 1;
        nint c1 = Math.Min(column + 1, last) - column;
        nint c2 = Math.Min(column + 2, last) - column;
        nint c3 = Math.Min(column + 3, last) - column;
        nint stride = shape.ColumnStride;
        nint rowLength = shape.RowLength;
        ref float g0 = ref Unsafe.Add(ref gradient, tile.Bias0 + (1 + column) * stride);
        ref float g1 = ref Unsafe.Add(ref gradient, tile.Bias1 + (1 + column) * stride);
        ref float g2 = ref Unsafe.Add(ref gradient, tile.Bias2 + (1 + column) * stride);
        Vector<float> g00 = Vector.LoadUnsafe(ref g0), g10 = Vector.LoadUnsafe(ref g1), g20 = Vector.LoadUnsafe(ref g2);
        Vector<float> g01 = At(ref g0, c1 * stride), g11 = At(ref g1, c1 * stride), g21 = At(ref g2, c1 * stride);
        Vector<float> g02 = At(ref g0, c2 * stride), g12 = At(ref g1, c2 * stride), g22 = At(ref g2, c2 * stride);
        Vector<float> g03 = At(ref g0, c3 * stride), g13 = At(ref g1, c3 * stride), g23 = At(ref g2, c3 * stride);

        ref float e0 = ref Unsafe.Add(ref delta, tile.Slot0);
        ref float e1 = ref Unsafe.Add(ref delta, tile.Slot1);
        ref float e2 = ref Unsafe.Add(ref delta, tile.Slot2);
        x = ref Unsafe.Add(ref x, column);
        nint d = 0;
        for (int row = 0; row < rows; row++)
        {
            Vector<float> d0 = Vector.LoadUnsafe(ref e0, (nuint)d);
            Vector<float> d1 = Vector.LoadUnsafe(ref e1, (nuint)d);
            Vector<float> d2 = Vector.LoadUnsafe(ref e2, (nuint)d);
            Vector<float> xk = new(x);
            g00 = Vector.MultiplyAddEstimate(xk, d0, g00);
            g10 = Vector.MultiplyAddEstimate(xk, d1, g10);
            g20 = Vector.MultiplyAddEstimate(xk, d2, g20);
            xk = new(Unsafe.Add(ref x, c1));
            g01 = Vector.MultiplyAddEstimate(xk, d0, g01);
            g11 = Vector.MultiplyAddEstimate(xk, d1, g11);
            g21 = Vector.MultiplyAddEstimate(xk, d2, g21);
            xk = new(Unsafe.Add(ref x, c2));
            g02 = Vector.MultiplyAddEstimate(xk, d0, g02);
            g12 = Vector.MultiplyAddEstimate(xk, d1, g12);
            g22 = Vector.MultiplyAddEstimate(xk, d2, g22);
            xk = new(Unsafe.Add(ref x, c3));
            g03 = Vector.MultiplyAddEstimate(xk, d0, g03);
            g13 = Vector.MultiplyAddEstimate(xk, d1, g13);
            g23 = Vector.MultiplyAddEstimate(xk, d2, g23);
            d += rowLength;
            x = ref Unsafe.Add(ref x, xStride);
        }

        g00.StoreUnsafe(ref g0);
        g10.StoreUnsafe(ref g1);
        g20.StoreUnsafe(ref g2);
        g01.StoreUnsafe(ref g0, (nuint)(c1 * stride));
        g11.StoreUnsafe(ref g1, (nuint)(c1 * stride));
        g21.StoreUnsafe(ref g2, (nuint)(c1 * stride));
        g02.StoreUnsafe(ref g0, (nuint)(c2 * stride));
        g12.StoreUnsafe(ref g1, (nuint)(c2 * stride));
        g22.StoreUnsafe(ref g2, (nuint)(c2 * stride));
        g03.StoreUnsafe(ref g0, (nuint)(c3 * stride));
        g13.StoreUnsafe(ref g1, (nuint)(c3 * stride));
        g23.StoreUnsafe(ref g2, (nuint)(c3 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> At(ref float source, nint offset) => Vector.LoadUnsafe(ref source, (nuint)offset);
}
