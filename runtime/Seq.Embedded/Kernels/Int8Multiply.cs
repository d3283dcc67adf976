using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Seq.Embedded.Kernels;

/// <summary>
/// Products of 8-bit integers without an instruction of their own: pairs of products in 16 bits, then sums of pairs in 32 bits.
/// By instructions of x64 processors with SSSE3, AVX2 or AVX-512, and of all arm64 processors.
/// </summary>
/// <remarks>Kernels may be called with it only where <see cref="IsSupported"/> is true.</remarks>
public readonly struct Int8Multiply : IInt8Product
{
    /// <summary>True where the processor has the instructions.</summary>
    public static bool IsSupported
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Ssse3.IsSupported || AdvSimd.Arm64.IsSupported;
    }

    /// <inheritdoc/>
    public static int Offset
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => AdvSimd.IsSupported ? 0 : 64;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<int> Add(Vector<int> sum, Vector<sbyte> weights, Vector<sbyte> activations)
    {
        // All conditions are constants, and wider vectors are there only where their instructions are. Numbers: what wider types say of themselves is none without those.
        if (AdvSimd.IsSupported)
        {
            Vector128<sbyte> w = weights.AsVector128(), x = activations.AsVector128();
            Vector128<short> lower = AdvSimd.MultiplyWideningLower(w.GetLower(), x.GetLower());
            Vector128<short> upper = AdvSimd.MultiplyWideningUpper(w, x);
            return AdvSimd.AddPairwiseWideningAndAdd(sum.AsVector128(), AdvSimd.Arm64.AddPairwise(lower, upper)).AsVector();
        }

        if (Vector<byte>.Count == 16)
        {
            Vector128<short> pairs = Ssse3.MultiplyAddAdjacent(activations.AsVector128().AsByte(), weights.AsVector128());
            return (sum.AsVector128() + Sse2.MultiplyAddAdjacent(pairs, Vector128<short>.One)).AsVector();
        }

        if (Vector<byte>.Count == 32)
        {
            Vector256<short> pairs = Avx2.MultiplyAddAdjacent(activations.AsVector256().AsByte(), weights.AsVector256());
            return (sum.AsVector256() + Avx2.MultiplyAddAdjacent(pairs, Vector256<short>.One)).AsVector();
        }

        Vector512<short> wide = Avx512BW.MultiplyAddAdjacent(activations.AsVector512().AsByte(), weights.AsVector512());
        return (sum.AsVector512() + Avx512BW.MultiplyAddAdjacent(wide, Vector512<short>.One)).AsVector();
    }
}
