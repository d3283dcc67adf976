using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Seq.Embedded.Kernels;

/// <summary>
/// Products of 8-bit integers without an instruction of their own: pairs of products in 16 bits, which hold 2 * 127 * 127, then sums of pairs in 32 bits.
/// On x64 with AVX2 or SSSE3, on arm64, and in plain vectors on any other processor.
/// </summary>
public readonly struct Int8Multiply : IInt8Product
{
    /// <inheritdoc/>
    public static byte Flip
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 0;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<int> Add(Vector<int> sum, Vector<sbyte> weights, Vector<sbyte> activations)
    {
        if (AdvSimd.Arm64.IsSupported)
        {
            Vector128<sbyte> w = weights.AsVector128(), x = activations.AsVector128();
            Vector128<short> lower = AdvSimd.MultiplyWideningLower(w.GetLower(), x.GetLower());
            Vector128<short> upper = AdvSimd.MultiplyWideningUpper(w, x);
            return AdvSimd.AddPairwiseWideningAndAdd(sum.AsVector128(), AdvSimd.Arm64.AddPairwise(lower, upper)).AsVector();
        }

        if (Vector<byte>.Count == Vector512<byte>.Count)
        {
            Vector512<sbyte> w = weights.AsVector512(), x = activations.AsVector512();
            return (sum.AsVector512() + Vector512.Create(Products(w.GetLower(), x.GetLower()), Products(w.GetUpper(), x.GetUpper()))).AsVector();
        }

        if (Vector<byte>.Count == Vector256<byte>.Count)
        {
            return (sum.AsVector256() + Products(weights.AsVector256(), activations.AsVector256())).AsVector();
        }

        return Ssse3.IsSupported
            ? (sum.AsVector128() + Products(weights.AsVector128(), activations.AsVector128())).AsVector()
            : AddBytes(sum, weights, activations);
    }

    /// <summary>The instruction multiplies unsigned by signed bytes: |x| and w with the sign of x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Products(Vector256<sbyte> w, Vector256<sbyte> x) =>
        Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(Avx2.Abs(x), Avx2.Sign(w, x)), Vector256<short>.One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Products(Vector128<sbyte> w, Vector128<sbyte> x) =>
        Sse2.MultiplyAddAdjacent(Ssse3.MultiplyAddAdjacent(Ssse3.Abs(x), Ssse3.Sign(w, x)), Vector128<short>.One);

    /// <summary>One byte of every lane after the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<int> AddBytes(Vector<int> sum, Vector<sbyte> weights, Vector<sbyte> activations)
    {
        Vector<int> w = Vector.AsVectorInt32(weights), x = Vector.AsVectorInt32(activations);
        sum += (w << 24 >> 24) * (x << 24 >> 24);
        sum += (w << 16 >> 24) * (x << 16 >> 24);
        sum += (w << 8 >> 24) * (x << 8 >> 24);
        return sum + ((w >> 24) * (x >> 24));
    }
}
