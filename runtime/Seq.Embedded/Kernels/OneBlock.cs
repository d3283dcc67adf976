using System.Numerics;
using System.Runtime.CompilerServices;

namespace Seq.Embedded.Kernels;

/// <summary>The vector of one unit block.</summary>
internal readonly struct OneBlock(Vector<float> lanes) : IBlockVector<OneBlock>
{
    private readonly Vector<float> _lanes = lanes;

    public static int Blocks => 1;

    public static OneBlock Zero => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneBlock All(float value) => new(new Vector<float>(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneBlock Load(ref float first, nint apart) => new(Vector.LoadUnsafe(ref first));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(OneBlock value, ref float first, nint apart) => value._lanes.StoreUnsafe(ref first);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneBlock Add(OneBlock a, OneBlock b) => new(a._lanes + b._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneBlock MultiplyAdd(OneBlock a, OneBlock b, OneBlock c) => new(Vector.MultiplyAddEstimate(a._lanes, b._lanes, c._lanes));
}
