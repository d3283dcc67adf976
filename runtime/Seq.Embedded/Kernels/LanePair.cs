using System.Numerics;
using System.Runtime.CompilerServices;

namespace Seq.Embedded.Kernels;

/// <summary>
/// The same value of two neighbouring blocks of units, in two vectors: generated kernels multiply both by a column that they have read once, and their
/// sums do not wait for each other. One vector where two would hold more lanes than <typeparamref name="TLimit"/> allows. No arithmetic differs from that of one block.
/// </summary>
/// <remarks>
/// As of a <see cref="Vector{T}"/>, the size is a constant of the machine: what is not needed there is not compiled. No bounds are checked, as in <see cref="Lanes"/>.
/// </remarks>
/// <typeparam name="TLimit">The most lanes.</typeparam>
public readonly struct LanePair<TLimit>
    where TLimit : LaneLimit.ILimit
{
    private readonly Vector<float> _first;
    private readonly Vector<float> _second;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private LanePair(Vector<float> first, Vector<float> second)
    {
        _first = first;
        _second = second;
    }

    /// <summary>1 or 2.</summary>
    public static int Vectors
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => IsPair ? 2 : 1;
    }

    /// <summary>Lanes of all its vectors.</summary>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vectors * Vector<float>.Count;
    }

    private static bool IsPair
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 2 * Vector<float>.Count <= TLimit.Lanes;
    }

    /// <summary>The same vector for both blocks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator LanePair<TLimit>(Vector<float> both) => new(both, IsPair ? both : default);

    /// <summary>Lane by lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<TLimit> operator +(LanePair<TLimit> a, LanePair<TLimit> b) => new(a._first + b._first, IsPair ? a._second + b._second : default);

    /// <summary>Lane by lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<TLimit> operator -(LanePair<TLimit> a, LanePair<TLimit> b) => new(a._first - b._first, IsPair ? a._second - b._second : default);

    /// <summary>Lane by lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<TLimit> operator *(LanePair<TLimit> a, LanePair<TLimit> b) => new(a._first * b._first, IsPair ? a._second * b._second : default);

    /// <summary>Lane by lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<TLimit> operator -(LanePair<TLimit> a) => new(-a._first, IsPair ? -a._second : default);

    /// <summary>Loads the vector of the first block, <paramref name="offset"/> floats behind <paramref name="source"/>, and that of the second, <paramref name="block"/> floats further.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<TLimit> Load(ref float source, int offset, int block) =>
        new(Lanes.Load(ref source, offset), IsPair ? Lanes.Load(ref source, offset + block) : default);

    /// <summary>The inverse of <see cref="Load"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(LanePair<TLimit> value, ref float destination, int offset, int block)
    {
        Lanes.Store(value._first, ref destination, offset);
        if (IsPair)
        {
            Lanes.Store(value._second, ref destination, offset + block);
        }
    }

    /// <summary><c>sum + weights * value</c>, fused (rounded once) where the hardware can; the weights lie as for <see cref="Load"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<TLimit> MultiplyAdd(ref float weights, int offset, int block, Vector<float> value, LanePair<TLimit> sum)
    {
        // Each load beside its use, and no condition between them: it becomes part of the instruction and takes no register.
        if (!IsPair)
        {
            return new(Lanes.MultiplyAdd(Lanes.Load(ref weights, offset), value, sum._first), default);
        }

        return new(
            Lanes.MultiplyAdd(Lanes.Load(ref weights, offset), value, sum._first),
            Lanes.MultiplyAdd(Lanes.Load(ref weights, offset + block), value, sum._second));
    }

    /// <summary><see cref="VectorMath.Sigmoid"/> of every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<TLimit> Sigmoid(LanePair<TLimit> x) => new(VectorMath.Sigmoid(x._first), IsPair ? VectorMath.Sigmoid(x._second) : default);

    /// <summary><see cref="VectorMath.Tanh"/> of every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<TLimit> Tanh(LanePair<TLimit> x) => new(VectorMath.Tanh(x._first), IsPair ? VectorMath.Tanh(x._second) : default);

    /// <summary><see cref="VectorMath.Relu"/> of every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<TLimit> Relu(LanePair<TLimit> x) => new(VectorMath.Relu(x._first), IsPair ? VectorMath.Relu(x._second) : default);
}
