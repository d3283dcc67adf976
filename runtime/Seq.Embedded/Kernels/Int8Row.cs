using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Seq.Embedded.Kernels;

/// <summary>Rows of activations rounded to 7 bits: what an <see cref="Int8Panel"/> is multiplied with.</summary>
internal static class Int8Row
{
    /// <summary>Columns whose weights stand side by side in a lane, one byte each.</summary>
    public const int GroupColumns = 4;

    /// <summary>The largest activation.</summary>
    public const int Largest = 63;

    // Below this a row counts as zero: 63 / largest would overflow. What is lost is less than 127 * 1e-30 per column.
    private const float Smallest = 1e-30f;

    // Adding 1.5 * 2^23 rounds to the nearest integer, ties to even, which then stands in the low bits of the sum.
    private const float Rounder = 12582912f;

    /// <summary>What is added to the activations: the <see cref="IInt8Product.Offset"/> of the form that the kernels run with.</summary>
    public static int Offset => Int8DotProduct.IsSupported ? Int8DotProduct.Offset : Int8Multiply.IsSupported ? Int8Multiply.Offset : Int8Portable.Offset;

    /// <summary>Floats that a row takes: its scale, then its groups of columns.</summary>
    /// <param name="columns">Values of the row.</param>
    public static int Floats(int columns) => 1 + Groups(columns);

    /// <summary>Groups of four columns, the last one filled up.</summary>
    public static int Groups(int columns) => (columns + GroupColumns - 1) / GroupColumns;

    /// <summary>
    /// Rounds a row to 7 bits: q_k = round(x_k * 63 / m), m = max_k |x_k|, ties to even, so that x_k = q_k * m / 63 within half a step. Allocates nothing.
    /// </summary>
    /// <remarks>The same bits at every vector width. NaN or infinity makes the scale NaN, and so are all sums.</remarks>
    /// <param name="row">The first of the values.</param>
    /// <param name="columns">Their number.</param>
    /// <param name="quantized">Receives <see cref="Floats"/> floats: the scale m / 63, then the bytes. What fills up the last group stays as it is: its weights are zero.</param>
    public static void Quantize(ref float row, int columns, ref float quantized)
    {
        float largest = LargestMagnitude(ref row, columns);
        quantized = float.IsFinite(largest) ? largest * (1f / Largest) : float.NaN;
        float factor = largest >= Smallest ? Largest / largest : 0;
        ref byte bytes = ref Unsafe.As<float, byte>(ref Unsafe.Add(ref quantized, 1));

        // The offset is part of the number whose addition rounds: an even one, so that ties go the same way.
        const int Lanes = 4;
        float rounder = Rounder + Offset;
        if (columns < Lanes * Vector<float>.Count)
        {
            for (int column = 0; column < columns; column++)
            {
                Unsafe.Add(ref bytes, column) = (byte)BitConverter.SingleToInt32Bits((Unsafe.Add(ref row, column) * factor) + rounder);
            }

            return;
        }

        int last = columns - (Lanes * Vector<float>.Count);
        for (int column = 0; column < last; column += Lanes * Vector<float>.Count)
        {
            Round(ref Unsafe.Add(ref row, column), factor, rounder, ref Unsafe.Add(ref bytes, column));
        }

        // The last vector may overlap the one before, whose bytes it writes again.
        Round(ref Unsafe.Add(ref row, last), factor, rounder, ref Unsafe.Add(ref bytes, last));
    }

    // As integers the bits of magnitudes have the order of the magnitudes, with NaN above all.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float LargestMagnitude(ref float row, int columns)
    {
        const int Magnitude = 0x7FFFFFFF;
        if (columns < Vector<int>.Count)
        {
            int largest = 0;
            for (int column = 0; column < columns; column++)
            {
                largest = Math.Max(largest, BitConverter.SingleToInt32Bits(Unsafe.Add(ref row, column)) & Magnitude);
            }

            return BitConverter.Int32BitsToSingle(largest);
        }

        // The last vector may overlap the one before.
        Vector<int> mask = new(Magnitude);
        int last = columns - Vector<int>.Count;
        Vector<int> lanes = Vector.AsVectorInt32(Kernels.Lanes.Load(ref row, last)) & mask;
        for (int column = 0; column < last; column += Vector<int>.Count)
        {
            lanes = Vector.Max(lanes, Vector.AsVectorInt32(Kernels.Lanes.Load(ref row, column)) & mask);
        }

        return BitConverter.Int32BitsToSingle(LargestLane(lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int LargestLane(Vector<int> lanes)
    {
        Vector128<int> largest;
        if (Vector<int>.Count == 4)
        {
            largest = lanes.AsVector128();
        }
        else if (Vector<int>.Count == 8)
        {
            largest = Vector128.Max(lanes.AsVector256().GetLower(), lanes.AsVector256().GetUpper());
        }
        else
        {
            Vector256<int> half = Vector256.Max(lanes.AsVector512().GetLower(), lanes.AsVector512().GetUpper());
            largest = Vector128.Max(half.GetLower(), half.GetUpper());
        }

        largest = Vector128.Max(largest, Vector128.Shuffle(largest, Vector128.Create(2, 3, 0, 1)));
        return Vector128.Max(largest, Vector128.Shuffle(largest, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }

    /// <summary>As many values as a vector has bytes. Narrowing keeps the low byte of each rounded sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(ref float values, float factor, float rounder, ref byte bytes)
    {
        Vector<float> scale = new(factor), add = new(rounder);
        Vector<short> lower = Vector.Narrow(Rounded(ref values, 0, scale, add), Rounded(ref values, 1, scale, add));
        Vector<short> upper = Vector.Narrow(Rounded(ref values, 2, scale, add), Rounded(ref values, 3, scale, add));
        Vector.AsVectorByte(Vector.Narrow(lower, upper)).StoreUnsafe(ref bytes);
    }

    // Not fused: the product is rounded as that of a single value is.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<int> Rounded(ref float values, int vector, Vector<float> scale, Vector<float> add) =>
        Vector.AsVectorInt32((Kernels.Lanes.Load(ref values, vector * Vector<float>.Count) * scale) + add);
}
