using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Seq.Embedded.Kernels;

/// <summary>
/// Products of 8-bit integers without an instruction of their own: pairs of products in 16 bits, then sums of pairs in 32 bits.
/// On x64 with AVX2 or SSSE3, on arm64, and in plain vectors on any other processor.
/// </summary>
public readonly struct Int8Multiply : IInt8Product
{
    /// <inheritdoc/>
    public static int Offset
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Ssse3.IsSupported ? 64 : 0;
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

        if (Vector<byte>.Count == Vector512<byte>.Count && Avx512BW.IsSupported)
        {
            Vector512<short> pairs = Avx512BW.MultiplyAddAdjacent(activations.AsVector512().AsByte(), weights.AsVector512());
            return (sum.AsVector512() + Avx512BW.MultiplyAddAdjacent(pairs, Vector512<short>.One)).AsVector();
        }

        if (Vector<byte>.Count == Vector256<byte>.Count && Avx2.IsSupported)
        {
            Vector256<short> pairs = Avx2.MultiplyAddAdjacent(activations.AsVector256().AsByte(), weights.AsVector256());
            return (sum.AsVector256() + Avx2.MultiplyAddAdjacent(pairs, Vector256<short>.One)).AsVector();
        }

        if (Ssse3.IsSupported)
        {
            Vector128<short> pairs = Ssse3.MultiplyAddAdjacent(activations.AsVector128().AsByte(), weights.AsVector128());
            return (sum.AsVector128() + Sse2.MultiplyAddAdjacent(pairs, Vector128<short>.One)).AsVector();
        }

        return AddBytes(sum, weights, activations);
    }

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
