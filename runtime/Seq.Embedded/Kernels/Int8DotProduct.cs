using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Seq.Embedded.Kernels;

/// <summary>Products of 8-bit integers by one instruction: VPDPBUSD of x64 processors with AVX-VNNI, SDOT of arm64 processors with the dot-product extension.</summary>
/// <remarks>
/// Kernels may be called with it only where <see cref="IsSupported"/> is true. .NET has VPDPBUSD for 128 and 256 bits; where vectors are wider, <see cref="Int8Multiply"/> is faster
/// (keyword model 40 -> 64 -> 64 -> 12 at 512 bits: 0.58 us a step against 0.88).
/// </remarks>
public readonly struct Int8DotProduct : IInt8Product
{
    /// <summary>True where the processor has one of the instructions, as wide as its vectors.</summary>
    public static bool IsSupported
    {
        // Each part is a constant on the other processors, and in code compiled for one that is known to have the instruction.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
#pragma warning disable CA2252 // In .NET 9 the class of the VNNI instructions is marked as a preview; .NET 10 has it unchanged.
        get => (AvxVnni.IsSupported && Vector<byte>.Count <= 32) || Dp.IsSupported;
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
        if (AdvSimd.IsSupported)
        {
            return Dp.DotProduct(sum.AsVector128(), weights.AsVector128(), activations.AsVector128()).AsVector();
        }

        return Vector<byte>.Count == 16
            ? AvxVnni.MultiplyWideningAndAdd(sum.AsVector128(), activations.AsVector128().AsByte(), weights.AsVector128()).AsVector()
            : AvxVnni.MultiplyWideningAndAdd(sum.AsVector256(), activations.AsVector256().AsByte(), weights.AsVector256()).AsVector();
    }
#pragma warning restore CA2252
}
