using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Seq.Embedded.Kernels;

/// <summary>Rows of activations rounded to 8 bits: what an <see cref="Int8Panel"/> is multiplied with.</summary>
internal static class Int8Row
{
    /// <summary>Columns whose weights stand side by side in a lane, one byte each.</summary>
    public const int GroupColumns = 4;

    /// <summary>The largest weight and the largest activation.</summary>
    public const int Largest = 127;

    // Below this a row counts as zero: 127 / largest would overflow. What is lost is less than 127 * 1e-30 per column.
    private const float Smallest = 1e-30f;

    // Adding 1.5 * 2^23 rounds to the nearest integer, ties to even, which then stands in the low bits of the sum.
    private const float Rounder = 12582912f;

    /// <summary>Floats that a row takes: its scale, then its groups of columns.</summary>
    /// <param name="columns">Values of the row.</param>
    public static int Floats(int columns) => 1 + Groups(columns);

    /// <summary>Groups of four columns, the last one filled up.</summary>
    public static int Groups(int columns) => (columns + GroupColumns - 1) / GroupColumns;

    /// <summary>
    /// Rounds a row to 8 bits: q_k = round(x_k * 127 / m), m = max_k |x_k|, ties to even, so that x_k = q_k * m / 127 within half a step. Allocates nothing.
    /// </summary>
    /// <remarks>The same bits at every vector width. NaN makes the scale NaN, infinity infinite: so are the sums.</remarks>
    /// <typeparam name="TProduct">The form of the products that will read it.</typeparam>
    /// <param name="row">The first of the values.</param>
    /// <param name="columns">Their number.</param>
    /// <param name="quantized">Receives <see cref="Floats"/> floats: the scale m / 127, then the bytes.</param>
    public static void Quantize<TProduct>(ref float row, int columns, ref float quantized)
        where TProduct : struct, IInt8Product
    {
        float largest = LargestMagnitude(ref row, columns);
        quantized = largest * (1f / Largest);
        float factor = largest >= Smallest ? Largest / largest : 0;
        ref byte bytes = ref Unsafe.As<float, byte>(ref Unsafe.Add(ref quantized, 1));
        int column = 0;
        for (; column <= columns - Vector<byte>.Count; column += Vector<byte>.Count)
        {
            Round<TProduct>(ref Unsafe.Add(ref row, column), factor, ref Unsafe.Add(ref bytes, column));
        }

        if (column == columns)
        {
            return;
        }

        if (columns >= Vector<byte>.Count)
        {
            // The last whole vector overlaps the one before, whose bytes it writes again.
            column = columns - Vector<byte>.Count;
            Round<TProduct>(ref Unsafe.Add(ref row, column), factor, ref Unsafe.Add(ref bytes, column));
            return;
        }

        for (; column < columns; column++)
        {
            Unsafe.Add(ref bytes, column) = (byte)(BitConverter.SingleToInt32Bits((Unsafe.Add(ref row, column) * factor) + Rounder) ^ TProduct.Flip);
        }
    }

    // As integers the bits of magnitudes have the order of the magnitudes, with NaN above all.
    private static float LargestMagnitude(ref float row, int columns)
    {
        const int Magnitude = 0x7FFFFFFF;
        int largest = 0, column = 0;
        if (columns >= Vector<int>.Count)
        {
            Vector<int> lanes = Vector<int>.Zero, mask = new(Magnitude);
            for (; column <= columns - Vector<int>.Count; column += Vector<int>.Count)
            {
                lanes = Vector.Max(lanes, Vector.AsVectorInt32(Lanes.Load(ref row, column)) & mask);
            }

            // The last vector may overlap the one before.
            lanes = Vector.Max(lanes, Vector.AsVectorInt32(Lanes.Load(ref row, columns - Vector<int>.Count)) & mask);
            foreach (int lane in MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<Vector<int>, int>(ref lanes), Vector<int>.Count))
            {
                largest = Math.Max(largest, lane);
            }

            return BitConverter.Int32BitsToSingle(largest);
        }

        for (; column < columns; column++)
        {
            largest = Math.Max(largest, BitConverter.SingleToInt32Bits(Unsafe.Add(ref row, column)) & Magnitude);
        }

        return BitConverter.Int32BitsToSingle(largest);
    }

    /// <summary>As many values as a vector has bytes. Narrowing keeps the low byte of each rounded sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round<TProduct>(ref float values, float factor, ref byte bytes)
        where TProduct : struct, IInt8Product
    {
        Vector<float> scale = new(factor);
        Vector<short> lower = Vector.Narrow(Rounded(ref values, 0, scale), Rounded(ref values, 1, scale));
        Vector<short> upper = Vector.Narrow(Rounded(ref values, 2, scale), Rounded(ref values, 3, scale));
        Vector<byte> all = Vector.AsVectorByte(Vector.Narrow(lower, upper));
        (all ^ new Vector<byte>(TProduct.Flip)).StoreUnsafe(ref bytes);
    }

    // Not fused: the product is rounded as that of a single value is.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<int> Rounded(ref float values, int vector, Vector<float> scale) =>
        Vector.AsVectorInt32((Lanes.Load(ref values, vector * Vector<float>.Count) * scale) + new Vector<float>(Rounder));
}
