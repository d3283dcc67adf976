using System.Numerics;
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

        for (int row = 0; row < rows; row += MultiplyRows)
        {
            int count = Math.Min(MultiplyRows, rows - row);
            ref float xRow = ref Unsafe.Add(ref MemoryMarshal.GetReference(x), (nint)row * xStride);
            ref float slotRow = ref Unsafe.Add(ref MemoryMarshal.GetReference(destination), (nint)row * shape.RowLength);
            for (Tile tile = Tile.First(shape); tile.IsInside; tile = tile.Next(shape))
            {
                for (int firstColumn = 0; firstColumn < PartialSums(vectors); firstColumn += 2)
                {
                    MultiplyTile(
                        ref xRow, count, xStride, ref MemoryMarshal.GetReference(panel), shape, tile, ref slotRow, accumulated, firstColumn);
                }
            }
        }
    }

    // A step of few gates would wait for its own additions: more partial sums hide the latency.
    private static int PartialSums(int vectors) => vectors <= 2 ? 4 : 2;

    /// <summary>Three vectors times two rows, into two of the partial sums each: twelve registers.</summary>
    /// <remarks>
    /// Four partial sums take two passes, with <paramref name="firstColumn"/> 0 and 2: the first stores s0 + s1, the second adds s2 + s3.
    /// Names: a for the even sum, b for the odd one, then row and vector.
    /// </remarks>
    private static void MultiplyTile(
        ref float x, int rows, nint xStride, ref float panel, in Shape shape, in Tile tile, ref float destination, int accumulated, nint firstColumn)
    {
        ref float w0 = ref Unsafe.Add(ref panel, tile.Bias0);
        ref float w1 = ref Unsafe.Add(ref panel, tile.Bias1);
        ref float w2 = ref Unsafe.Add(ref panel, tile.Bias2);
        ref float d0 = ref Unsafe.Add(ref destination, tile.Slot0);
        ref float d1 = ref Unsafe.Add(ref destination, tile.Slot1);
        ref float d2 = ref Unsafe.Add(ref destination, tile.Slot2);

        bool isFirstPass = firstColumn == 0;
        bool keep0 = isFirstPass && tile.V0 < accumulated;
        bool keep1 = isFirstPass && tile.V1 < accumulated;
        bool keep2 = isFirstPass && tile.V2 < accumulated;

        nint columns = shape.Columns;
        nint step = PartialSums(shape.Vectors);
        nint column = shape.ColumnStride;
        nint pairStep = column * step;
        nint start = (1 + firstColumn) * column;
        nint rowLength = shape.RowLength;
        nint d = 0;
        int row = 0;
        for (; row + 1 < rows; row += 2)
        {
            Vector<float> a00 = LoadOrZero(keep0, ref Unsafe.Add(ref d0, d));
            Vector<float> a01 = LoadOrZero(keep1, ref Unsafe.Add(ref d1, d));
            Vector<float> a02 = LoadOrZero(keep2, ref Unsafe.Add(ref d2, d));
            Vector<float> a10 = LoadOrZero(keep0, ref Unsafe.Add(ref d0, d + rowLength));
            Vector<float> a11 = LoadOrZero(keep1, ref Unsafe.Add(ref d1, d + rowLength));
            Vector<float> a12 = LoadOrZero(keep2, ref Unsafe.Add(ref d2, d + rowLength));
            Vector<float> b00 = LoadOrZero(isFirstPass, ref w0);
            Vector<float> b01 = LoadOrZero(isFirstPass, ref w1);
            Vector<float> b02 = LoadOrZero(isFirstPass, ref w2);
            Vector<float> b10 = b00;
            Vector<float> b11 = b01;
            Vector<float> b12 = b02;

            ref float xNext = ref Unsafe.Add(ref x, xStride);
            nint w = start;
            nint k = firstColumn;
            for (; k + 1 < columns; k += step)
            {
                Vector<float> x0 = new(Unsafe.Add(ref x, k));
                Vector<float> x1 = new(Unsafe.Add(ref xNext, k));
                Vector<float> weight = Vector.LoadUnsafe(ref w0, (nuint)w);
                a00 = Vector.MultiplyAddEstimate(x0, weight, a00);
                a10 = Vector.MultiplyAddEstimate(x1, weight, a10);
                weight = Vector.LoadUnsafe(ref w1, (nuint)w);
                a01 = Vector.MultiplyAddEstimate(x0, weight, a01);
                a11 = Vector.MultiplyAddEstimate(x1, weight, a11);
                weight = Vector.LoadUnsafe(ref w2, (nuint)w);
                a02 = Vector.MultiplyAddEstimate(x0, weight, a02);
                a12 = Vector.MultiplyAddEstimate(x1, weight, a12);

                nint odd = w + column;
                x0 = new(Unsafe.Add(ref x, k + 1));
                x1 = new(Unsafe.Add(ref xNext, k + 1));
                weight = Vector.LoadUnsafe(ref w0, (nuint)odd);
                b00 = Vector.MultiplyAddEstimate(x0, weight, b00);
                b10 = Vector.MultiplyAddEstimate(x1, weight, b10);
                weight = Vector.LoadUnsafe(ref w1, (nuint)odd);
                b01 = Vector.MultiplyAddEstimate(x0, weight, b01);
                b11 = Vector.MultiplyAddEstimate(x1, weight, b11);
                weight = Vector.LoadUnsafe(ref w2, (nuint)odd);
                b02 = Vector.MultiplyAddEstimate(x0, weight, b02);
                b12 = Vector.MultiplyAddEstimate(x1, weight, b12);
                w += pairStep;
            }

            if (k < columns)
            {
                Vector<float> x0 = new(Unsafe.Add(ref x, k));
                Vector<float> x1 = new(Unsafe.Add(ref xNext, k));
                a00 = Vector.MultiplyAddEstimate(x0, Vector.LoadUnsafe(ref w0, (nuint)w), a00);
                a01 = Vector.MultiplyAddEstimate(x0, Vector.LoadUnsafe(ref w1, (nuint)w), a01);
                a02 = Vector.MultiplyAddEstimate(x0, Vector.LoadUnsafe(ref w2, (nuint)w), a02);
                a10 = Vector.MultiplyAddEstimate(x1, Vector.LoadUnsafe(ref w0, (nuint)w), a10);
                a11 = Vector.MultiplyAddEstimate(x1, Vector.LoadUnsafe(ref w1, (nuint)w), a11);
                a12 = Vector.MultiplyAddEstimate(x1, Vector.LoadUnsafe(ref w2, (nuint)w), a12);
            }

            a00 += b00;
            a01 += b01;
            a02 += b02;
            a10 += b10;
            a11 += b11;
            a12 += b12;
            if (!isFirstPass)
            {
                a00 += Vector.LoadUnsafe(ref d0, (nuint)d);
                a01 += Vector.LoadUnsafe(ref d1, (nuint)d);
                a02 += Vector.LoadUnsafe(ref d2, (nuint)d);
                a10 += Vector.LoadUnsafe(ref d0, (nuint)(d + rowLength));
                a11 += Vector.LoadUnsafe(ref d1, (nuint)(d + rowLength));
                a12 += Vector.LoadUnsafe(ref d2, (nuint)(d + rowLength));
            }

            a00.StoreUnsafe(ref d0, (nuint)d);
            a01.StoreUnsafe(ref d1, (nuint)d);
            a02.StoreUnsafe(ref d2, (nuint)d);
            a10.StoreUnsafe(ref d0, (nuint)(d + rowLength));
            a11.StoreUnsafe(ref d1, (nuint)(d + rowLength));
            a12.StoreUnsafe(ref d2, (nuint)(d + rowLength));
            d += 2 * rowLength;
            x = ref Unsafe.Add(ref x, 2 * xStride);
        }

        if (row < rows)
        {
            Vector<float> a0 = LoadOrZero(keep0, ref Unsafe.Add(ref d0, d));
            Vector<float> a1 = LoadOrZero(keep1, ref Unsafe.Add(ref d1, d));
            Vector<float> a2 = LoadOrZero(keep2, ref Unsafe.Add(ref d2, d));
            Vector<float> b0 = LoadOrZero(isFirstPass, ref w0);
            Vector<float> b1 = LoadOrZero(isFirstPass, ref w1);
            Vector<float> b2 = LoadOrZero(isFirstPass, ref w2);
            nint w = start;
            nint k = firstColumn;
            for (; k + 1 < columns; k += step)
            {
                Vector<float> x0 = new(Unsafe.Add(ref x, k));
                a0 = Vector.MultiplyAddEstimate(x0, Vector.LoadUnsafe(ref w0, (nuint)w), a0);
                a1 = Vector.MultiplyAddEstimate(x0, Vector.LoadUnsafe(ref w1, (nuint)w), a1);
                a2 = Vector.MultiplyAddEstimate(x0, Vector.LoadUnsafe(ref w2, (nuint)w), a2);
                nint odd = w + column;
                x0 = new(Unsafe.Add(ref x, k + 1));
                b0 = Vector.MultiplyAddEstimate(x0, Vector.LoadUnsafe(ref w0, (nuint)odd), b0);
                b1 = Vector.MultiplyAddEstimate(x0, Vector.LoadUnsafe(ref w1, (nuint)odd), b1);
                b2 = Vector.MultiplyAddEstimate(x0, Vector.LoadUnsafe(ref w2, (nuint)odd), b2);
                w += pairStep;
            }

            if (k < columns)
            {
                Vector<float> x0 = new(Unsafe.Add(ref x, k));
                a0 = Vector.MultiplyAddEstimate(x0, Vector.LoadUnsafe(ref w0, (nuint)w), a0);
                a1 = Vector.MultiplyAddEstimate(x0, Vector.LoadUnsafe(ref w1, (nuint)w), a1);
                a2 = Vector.MultiplyAddEstimate(x0, Vector.LoadUnsafe(ref w2, (nuint)w), a2);
            }

            a0 += b0;
            a1 += b1;
            a2 += b2;
            if (!isFirstPass)
            {
                a0 += Vector.LoadUnsafe(ref d0, (nuint)d);
                a1 += Vector.LoadUnsafe(ref d1, (nuint)d);
                a2 += Vector.LoadUnsafe(ref d2, (nuint)d);
            }

            a0.StoreUnsafe(ref d0, (nuint)d);
            a1.StoreUnsafe(ref d1, (nuint)d);
            a2.StoreUnsafe(ref d2, (nuint)d);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> LoadOrZero(bool load, ref float value) => load ? Vector.LoadUnsafe(ref value) : Vector<float>.Zero;
}
