using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Seq.Embedded.Kernels;

public static partial class PanelProduct
{
    /// <summary>Rows whose operands stay in the first-level cache while all vectors pass over them.</summary>
    private const int MultiplyRows = 48;

    /// <summary>
    /// destination[row][block][firstSlot + v] = (v &lt; accumulated ? old value : 0) + bias_v + W_v x[row], for all rows, blocks and vectors v.
    /// </summary>
    /// <remarks>
    /// The order of each sum is fixed, whatever the number of rows and the vector width: there are S = 4 partial sums when vectors &lt;= 2, else 2;
    /// column k is added to sum k % S with one fused multiply-add; sum 0 starts at the old value, or 0, sum 1 at the bias, the others at 0.
    /// The result is s0 + s1, or (s0 + s1) + (s2 + s3).
    /// </remarks>
    /// <param name="x">(rows, columns), rows <paramref name="xStride"/> apart.</param>
    /// <param name="rows">Number of rows, 0 or more.</param>
    /// <param name="xStride">Floats from one row of x to the next, 1 or more: rows may overlap, as the windows of a convolution do.</param>
    /// <param name="panel"><see cref="Panel.Size"/> floats.</param>
    /// <param name="units">Units per gate.</param>
    /// <param name="columns">Length of a row of x.</param>
    /// <param name="vectors">Gates in the panel.</param>
    /// <param name="destination">(rows, slots * Panel.Padded(units)).</param>
    /// <param name="slots">Vectors per block in a row of the destination.</param>
    /// <param name="firstSlot">The slot of the panel's first vector.</param>
    /// <param name="accumulated">How many of the panel's first vectors are added to what their slot holds.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or rows is negative.</exception>
    /// <exception cref="ArgumentException">A span is too short for the sizes, the panel is not exactly its size, or slots or accumulated are out of range.</exception>
    public static void Multiply(
        ReadOnlySpan<float> x, int rows, int xStride, ReadOnlySpan<float> panel, int units, int columns, int vectors,
        Span<float> destination, int slots, int firstSlot, int accumulated)
    {
        Shape shape = new(rows, units, columns, vectors, slots, firstSlot, panel.Length, destination.Length);
        CheckOperand(nameof(x), x.Length, rows, xStride, columns, overlap: true);
        if (unchecked((uint)accumulated) > (uint)vectors)
        {
            throw new ArgumentException($"{accumulated} vectors are to be accumulated; allowed are 0 to {vectors}.");
        }

        if (TwoBlocks.IsSupported)
        {
            Multiply<TwoBlocks>(x, rows, xStride, panel, shape, Blocks.Pairs(shape.Blocks), destination, accumulated);
        }

        Multiply<OneBlock>(x, rows, xStride, panel, shape, Blocks.Rest(shape.Blocks), destination, accumulated);
    }

    // A step of few gates would wait for its own additions: more partial sums hide the latency.
    private static int PartialSums(int vectors) => vectors <= 2 ? 4 : 2;

    private static void Multiply<T>(
        ReadOnlySpan<float> x, int rows, nint xStride, ReadOnlySpan<float> panel, in Shape shape, in Blocks blocks, Span<float> destination, int accumulated)
        where T : struct, IBlockVector<T>
    {
        ref float weights = ref MemoryMarshal.GetReference(panel);
        for (int row = 0; row < rows; row += MultiplyRows)
        {
            int count = Math.Min(MultiplyRows, rows - row), whole = count % 4 == 1 ? count - 1 : count;
            ref float xRow = ref Unsafe.Add(ref MemoryMarshal.GetReference(x), row * xStride);
            ref float slotRow = ref Unsafe.Add(ref MemoryMarshal.GetReference(destination), (nint)row * shape.RowLength);
            if (whole > 0)
            {
                MultiplyTiles<T>(ref xRow, whole, xStride, ref weights, shape, blocks, ref slotRow, accumulated);
            }

            // A row that is left, or a step: two tiles side by side hide the latency of its additions.
            for (Tile tile = Tile.First(shape, blocks); whole < count && tile.IsInside;)
            {
                Tile next = tile.Next(shape, blocks);
                MultiplyRow<T>(
                    ref Unsafe.Add(ref xRow, whole * xStride), ref weights, shape, tile, next.IsInside ? next : tile,
                    ref Unsafe.Add(ref slotRow, (nint)whole * shape.RowLength), accumulated);
                tile = next.Next(shape, blocks);
            }
        }
    }

    private static void MultiplyTiles<T>(
        ref float x, int rows, nint xStride, ref float panel, in Shape shape, in Blocks blocks, ref float destination, int accumulated)
        where T : struct, IBlockVector<T>
    {
        // Room for the twelve vectors of a tile.
        Span<float> held = stackalloc float[12 * Panel.UnitMultiple];
        for (Tile tile = Tile.First(shape, blocks); tile.IsInside; tile = tile.Next(shape, blocks))
        {
            for (int row = 0; row < rows; row += 4)
            {
                MultiplyTile<T>(
                    ref Unsafe.Add(ref x, row * xStride), Math.Min(4, rows - row), xStride, ref panel, shape, tile,
                    ref Unsafe.Add(ref destination, (nint)row * shape.RowLength), accumulated, ref held[0]);
            }
        }
    }

    /// <summary>Three vectors times four rows (the last one repeated where they end), one partial sum after the other: twelve registers.</summary>
    private static void MultiplyTile<T>(
        ref float x, int rows, nint xStride, ref float panel, in Shape shape, in Tile tile, ref float destination, int accumulated, ref float held)
        where T : struct, IBlockVector<T>
    {
        nint r1 = Math.Min(1, rows - 1) * xStride, r2 = Math.Min(2, rows - 1) * xStride, r3 = Math.Min(3, rows - 1) * xStride;
        nint d1 = (nint)Math.Min(1, rows - 1) * shape.RowLength;
        nint d2 = (nint)Math.Min(2, rows - 1) * shape.RowLength;
        nint d3 = (nint)Math.Min(3, rows - 1) * shape.RowLength;
        ref float to0 = ref Unsafe.Add(ref destination, tile.Slot0);
        ref float to1 = ref Unsafe.Add(ref destination, tile.Slot1);
        ref float to2 = ref Unsafe.Add(ref destination, tile.Slot2);
        // One address moves and the others keep their distance from it: less lies on the stack than with an address for each.
        ref float bias = ref Unsafe.Add(ref panel, tile.Bias0);
        nint w1 = tile.Bias1 - tile.Bias0, w2 = tile.Bias2 - tile.Bias0;
        nint columns = shape.Columns, apart = shape.PanelBlock, slotApart = shape.SlotBlock;
        nint sums = PartialSums(shape.Vectors), step = sums * shape.ColumnStride;
        for (nint sum = 0; sum < sums; sum++)
        {
            T s00 = T.Zero, s01 = T.Zero, s02 = T.Zero, s10 = T.Zero, s11 = T.Zero, s12 = T.Zero;
            T s20 = T.Zero, s21 = T.Zero, s22 = T.Zero, s30 = T.Zero, s31 = T.Zero, s32 = T.Zero;
            if (sum == 0)
            {
                if (tile.V0 < accumulated)
                {
                    s00 = T.Load(ref to0, slotApart);
                    s10 = T.Load(ref Unsafe.Add(ref to0, d1), slotApart);
                    s20 = T.Load(ref Unsafe.Add(ref to0, d2), slotApart);
                    s30 = T.Load(ref Unsafe.Add(ref to0, d3), slotApart);
                }

                if (tile.V1 < accumulated)
                {
                    s01 = T.Load(ref to1, slotApart);
                    s11 = T.Load(ref Unsafe.Add(ref to1, d1), slotApart);
                    s21 = T.Load(ref Unsafe.Add(ref to1, d2), slotApart);
                    s31 = T.Load(ref Unsafe.Add(ref to1, d3), slotApart);
                }

                if (tile.V2 < accumulated)
                {
                    s02 = T.Load(ref to2, slotApart);
                    s12 = T.Load(ref Unsafe.Add(ref to2, d1), slotApart);
                    s22 = T.Load(ref Unsafe.Add(ref to2, d2), slotApart);
                    s32 = T.Load(ref Unsafe.Add(ref to2, d3), slotApart);
                }
            }
            else if (sum == 1)
            {
                s00 = s10 = s20 = s30 = T.Load(ref bias, apart);
                s01 = s11 = s21 = s31 = T.Load(ref Unsafe.Add(ref bias, w1), apart);
                s02 = s12 = s22 = s32 = T.Load(ref Unsafe.Add(ref bias, w2), apart);
            }

            ref float w = ref Unsafe.Add(ref bias, (1 + sum) * shape.ColumnStride);
            ref float xk = ref Unsafe.Add(ref x, sum);
            for (nint k = sum; k < columns; k += sums)
            {
                T weight0 = T.Load(ref w, apart);
                T weight1 = T.Load(ref Unsafe.Add(ref w, w1), apart);
                T weight2 = T.Load(ref Unsafe.Add(ref w, w2), apart);
                T value = T.All(xk);
                s00 = T.MultiplyAdd(value, weight0, s00);
                s01 = T.MultiplyAdd(value, weight1, s01);
                s02 = T.MultiplyAdd(value, weight2, s02);
                value = T.All(Unsafe.Add(ref xk, r1));
                s10 = T.MultiplyAdd(value, weight0, s10);
                s11 = T.MultiplyAdd(value, weight1, s11);
                s12 = T.MultiplyAdd(value, weight2, s12);
                value = T.All(Unsafe.Add(ref xk, r2));
                s20 = T.MultiplyAdd(value, weight0, s20);
                s21 = T.MultiplyAdd(value, weight1, s21);
                s22 = T.MultiplyAdd(value, weight2, s22);
                value = T.All(Unsafe.Add(ref xk, r3));
                s30 = T.MultiplyAdd(value, weight0, s30);
                s31 = T.MultiplyAdd(value, weight1, s31);
                s32 = T.MultiplyAdd(value, weight2, s32);
                w = ref Unsafe.Add(ref w, step);
                xk = ref Unsafe.Add(ref xk, sums);
            }

            if ((sum & 1) == 0)
            {
                Hold(s00, ref held, 0);
                Hold(s01, ref held, 1);
                Hold(s02, ref held, 2);
                Hold(s10, ref held, 3);
                Hold(s11, ref held, 4);
                Hold(s12, ref held, 5);
                Hold(s20, ref held, 6);
                Hold(s21, ref held, 7);
                Hold(s22, ref held, 8);
                Hold(s30, ref held, 9);
                Hold(s31, ref held, 10);
                Hold(s32, ref held, 11);
                continue;
            }

            s00 = T.Add(Held<T>(ref held, 0), s00);
            s01 = T.Add(Held<T>(ref held, 1), s01);
            s02 = T.Add(Held<T>(ref held, 2), s02);
            s10 = T.Add(Held<T>(ref held, 3), s10);
            s11 = T.Add(Held<T>(ref held, 4), s11);
            s12 = T.Add(Held<T>(ref held, 5), s12);
            s20 = T.Add(Held<T>(ref held, 6), s20);
            s21 = T.Add(Held<T>(ref held, 7), s21);
            s22 = T.Add(Held<T>(ref held, 8), s22);
            s30 = T.Add(Held<T>(ref held, 9), s30);
            s31 = T.Add(Held<T>(ref held, 10), s31);
            s32 = T.Add(Held<T>(ref held, 11), s32);
            if (sum == 3)
            {
                s00 = T.Add(T.Load(ref to0, slotApart), s00);
                s01 = T.Add(T.Load(ref to1, slotApart), s01);
                s02 = T.Add(T.Load(ref to2, slotApart), s02);
                s10 = T.Add(T.Load(ref Unsafe.Add(ref to0, d1), slotApart), s10);
                s11 = T.Add(T.Load(ref Unsafe.Add(ref to1, d1), slotApart), s11);
                s12 = T.Add(T.Load(ref Unsafe.Add(ref to2, d1), slotApart), s12);
                s20 = T.Add(T.Load(ref Unsafe.Add(ref to0, d2), slotApart), s20);
                s21 = T.Add(T.Load(ref Unsafe.Add(ref to1, d2), slotApart), s21);
                s22 = T.Add(T.Load(ref Unsafe.Add(ref to2, d2), slotApart), s22);
                s30 = T.Add(T.Load(ref Unsafe.Add(ref to0, d3), slotApart), s30);
                s31 = T.Add(T.Load(ref Unsafe.Add(ref to1, d3), slotApart), s31);
                s32 = T.Add(T.Load(ref Unsafe.Add(ref to2, d3), slotApart), s32);
            }

            T.Store(s00, ref to0, slotApart);
            T.Store(s01, ref to1, slotApart);
            T.Store(s02, ref to2, slotApart);
            T.Store(s10, ref Unsafe.Add(ref to0, d1), slotApart);
            T.Store(s11, ref Unsafe.Add(ref to1, d1), slotApart);
            T.Store(s12, ref Unsafe.Add(ref to2, d1), slotApart);
            T.Store(s20, ref Unsafe.Add(ref to0, d2), slotApart);
            T.Store(s21, ref Unsafe.Add(ref to1, d2), slotApart);
            T.Store(s22, ref Unsafe.Add(ref to2, d2), slotApart);
            T.Store(s30, ref Unsafe.Add(ref to0, d3), slotApart);
            T.Store(s31, ref Unsafe.Add(ref to1, d3), slotApart);
            T.Store(s32, ref Unsafe.Add(ref to2, d3), slotApart);
        }
    }

    /// <summary>Six vectors times one row, two partial sums at a time: twelve registers.</summary>
    private static void MultiplyRow<T>(ref float x, ref float panel, in Shape shape, in Tile tile, in Tile next, ref float destination, int accumulated)
        where T : struct, IBlockVector<T>
    {
        ref float w0 = ref Unsafe.Add(ref panel, tile.Bias0);
        ref float w1 = ref Unsafe.Add(ref panel, tile.Bias1);
        ref float w2 = ref Unsafe.Add(ref panel, tile.Bias2);
        ref float w3 = ref Unsafe.Add(ref panel, next.Bias0);
        ref float w4 = ref Unsafe.Add(ref panel, next.Bias1);
        ref float w5 = ref Unsafe.Add(ref panel, next.Bias2);
        nint columns = shape.Columns, apart = shape.PanelBlock, slotApart = shape.SlotBlock, column = shape.ColumnStride;
        nint sums = PartialSums(shape.Vectors), step = sums * column;
        for (nint first = 0; first < sums; first += 2)
        {
            T a0 = T.Zero, a1 = T.Zero, a2 = T.Zero, a3 = T.Zero, a4 = T.Zero, a5 = T.Zero;
            T b0 = T.Zero, b1 = T.Zero, b2 = T.Zero, b3 = T.Zero, b4 = T.Zero, b5 = T.Zero;
            if (first == 0)
            {
                a0 = tile.V0 < accumulated ? T.Load(ref Unsafe.Add(ref destination, tile.Slot0), slotApart) : T.Zero;
                a1 = tile.V1 < accumulated ? T.Load(ref Unsafe.Add(ref destination, tile.Slot1), slotApart) : T.Zero;
                a2 = tile.V2 < accumulated ? T.Load(ref Unsafe.Add(ref destination, tile.Slot2), slotApart) : T.Zero;
                a3 = next.V0 < accumulated ? T.Load(ref Unsafe.Add(ref destination, next.Slot0), slotApart) : T.Zero;
                a4 = next.V1 < accumulated ? T.Load(ref Unsafe.Add(ref destination, next.Slot1), slotApart) : T.Zero;
                a5 = next.V2 < accumulated ? T.Load(ref Unsafe.Add(ref destination, next.Slot2), slotApart) : T.Zero;
                b0 = T.Load(ref w0, apart);
                b1 = T.Load(ref w1, apart);
                b2 = T.Load(ref w2, apart);
                b3 = T.Load(ref w3, apart);
                b4 = T.Load(ref w4, apart);
                b5 = T.Load(ref w5, apart);
            }

            nint w = (1 + first) * column, k = first;
            for (; k + 1 < columns; k += sums, w += step)
            {
                T even = T.All(Unsafe.Add(ref x, k)), odd = T.All(Unsafe.Add(ref x, k + 1));
                a0 = T.MultiplyAdd(even, T.Load(ref Unsafe.Add(ref w0, w), apart), a0);
                a1 = T.MultiplyAdd(even, T.Load(ref Unsafe.Add(ref w1, w), apart), a1);
                a2 = T.MultiplyAdd(even, T.Load(ref Unsafe.Add(ref w2, w), apart), a2);
                a3 = T.MultiplyAdd(even, T.Load(ref Unsafe.Add(ref w3, w), apart), a3);
                a4 = T.MultiplyAdd(even, T.Load(ref Unsafe.Add(ref w4, w), apart), a4);
                a5 = T.MultiplyAdd(even, T.Load(ref Unsafe.Add(ref w5, w), apart), a5);
                b0 = T.MultiplyAdd(odd, T.Load(ref Unsafe.Add(ref w0, w + column), apart), b0);
                b1 = T.MultiplyAdd(odd, T.Load(ref Unsafe.Add(ref w1, w + column), apart), b1);
                b2 = T.MultiplyAdd(odd, T.Load(ref Unsafe.Add(ref w2, w + column), apart), b2);
                b3 = T.MultiplyAdd(odd, T.Load(ref Unsafe.Add(ref w3, w + column), apart), b3);
                b4 = T.MultiplyAdd(odd, T.Load(ref Unsafe.Add(ref w4, w + column), apart), b4);
                b5 = T.MultiplyAdd(odd, T.Load(ref Unsafe.Add(ref w5, w + column), apart), b5);
            }

            if (k < columns)
            {
                T last = T.All(Unsafe.Add(ref x, k));
                a0 = T.MultiplyAdd(last, T.Load(ref Unsafe.Add(ref w0, w), apart), a0);
                a1 = T.MultiplyAdd(last, T.Load(ref Unsafe.Add(ref w1, w), apart), a1);
                a2 = T.MultiplyAdd(last, T.Load(ref Unsafe.Add(ref w2, w), apart), a2);
                a3 = T.MultiplyAdd(last, T.Load(ref Unsafe.Add(ref w3, w), apart), a3);
                a4 = T.MultiplyAdd(last, T.Load(ref Unsafe.Add(ref w4, w), apart), a4);
                a5 = T.MultiplyAdd(last, T.Load(ref Unsafe.Add(ref w5, w), apart), a5);
            }

            a0 = T.Add(a0, b0);
            a1 = T.Add(a1, b1);
            a2 = T.Add(a2, b2);
            a3 = T.Add(a3, b3);
            a4 = T.Add(a4, b4);
            a5 = T.Add(a5, b5);
            if (first > 0)
            {
                a0 = T.Add(T.Load(ref Unsafe.Add(ref destination, tile.Slot0), slotApart), a0);
                a1 = T.Add(T.Load(ref Unsafe.Add(ref destination, tile.Slot1), slotApart), a1);
                a2 = T.Add(T.Load(ref Unsafe.Add(ref destination, tile.Slot2), slotApart), a2);
                a3 = T.Add(T.Load(ref Unsafe.Add(ref destination, next.Slot0), slotApart), a3);
                a4 = T.Add(T.Load(ref Unsafe.Add(ref destination, next.Slot1), slotApart), a4);
                a5 = T.Add(T.Load(ref Unsafe.Add(ref destination, next.Slot2), slotApart), a5);
            }

            T.Store(a0, ref Unsafe.Add(ref destination, tile.Slot0), slotApart);
            T.Store(a1, ref Unsafe.Add(ref destination, tile.Slot1), slotApart);
            T.Store(a2, ref Unsafe.Add(ref destination, tile.Slot2), slotApart);
            T.Store(a3, ref Unsafe.Add(ref destination, next.Slot0), slotApart);
            T.Store(a4, ref Unsafe.Add(ref destination, next.Slot1), slotApart);
            T.Store(a5, ref Unsafe.Add(ref destination, next.Slot2), slotApart);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Hold<T>(T value, ref float held, nint index)
        where T : struct, IBlockVector<T> => T.Store(value, ref Unsafe.Add(ref held, index * Panel.UnitMultiple), Panel.UnitMultiple / 2);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Held<T>(ref float held, nint index)
        where T : struct, IBlockVector<T> => T.Load(ref Unsafe.Add(ref held, index * Panel.UnitMultiple), Panel.UnitMultiple / 2);
}
