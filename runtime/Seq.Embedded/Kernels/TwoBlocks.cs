using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Seq.Embedded.Kernels;

/// <summary>The vectors of two unit blocks of 8 lanes in a register of 512 bits: where <c>Vector&lt;T&gt;</c> has 256 bits on a machine that could do twice as much.</summary>
internal readonly struct TwoBlocks(Vector512<float> lanes) : IBlockVector<TwoBlocks>
{
    private readonly Vector512<float> _lanes = lanes;

    /// <summary>True where registers of 512 bits are fast and <c>Vector&lt;float&gt;</c> is half of one. Asked before each use: where it is false, nothing of the rest is compiled.</summary>
    public static bool IsSupported
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512.IsHardwareAccelerated && Vector<float>.Count == 8;
    }

    public static int Blocks => 2;

    public static TwoBlocks Zero => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TwoBlocks All(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TwoBlocks Load(ref float first, nint apart) =>
        // Not Vector512.Create, which inserts both halves into a register and so waits for what that held.
        new(Vector256.LoadUnsafe(ref first).ToVector512Unsafe().WithUpper(Vector256.LoadUnsafe(ref Unsafe.Add(ref first, apart))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(TwoBlocks value, ref float first, nint apart)
    {
        value._lanes.GetLower().StoreUnsafe(ref first);
        value._lanes.GetUpper().StoreUnsafe(ref Unsafe.Add(ref first, apart));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TwoBlocks Add(TwoBlocks a, TwoBlocks b) => new(a._lanes + b._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TwoBlocks MultiplyAdd(TwoBlocks a, TwoBlocks b, TwoBlocks c) => new(Vector512.MultiplyAddEstimate(a._lanes, b._lanes, c._lanes));
}
