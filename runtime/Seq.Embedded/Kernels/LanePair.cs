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
    public static implicit operator LanePair<TLimit>(Vector<float> both)
    {
        Vector<float> second = default;
        if (IsPair)
        {
            second = both;
        }

        return new(both, second);
    }

    /// <summary>Lane by lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<TLimit> operator +(LanePair<TLimit> a, LanePair<TLimit> b)
    {
        Vector<float> second = default;
        if (IsPair)
        {
            second = a._second + b._second;
        }

        return new(a._first + b._first, second);
    }

    /// <summary>Lane by lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<TLimit> operator -(LanePair<TLimit> a, LanePair<TLimit> b)
    {
        Vector<float> second = default;
        if (IsPair)
        {
            second = a._second - b._second;
        }

        return new(a._first - b._first, second);
    }

    /// <summary>Lane by lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<TLimit> operator *(LanePair<TLimit> a, LanePair<TLimit> b)
    {
        Vector<float> second = default;
        if (IsPair)
        {
            second = a._second * b._second;
        }

        return new(a._first * b._first, second);
    }

    /// <summary>Lane by lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<TLimit> operator -(LanePair<TLimit> a)
    {
        Vector<float> second = default;
        if (IsPair)
        {
            second = -a._second;
        }

        return new(-a._first, second);
    }

    /// <summary>Loads the vector of the first block, <paramref name="offset"/> floats behind <paramref name="source"/>, and that of the second, <paramref name="block"/> floats further.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<TLimit> Load(ref float source, int offset, int block)
    {
        Vector<float> second = default;
        if (IsPair)
        {
            second = Vector.LoadUnsafe(ref source, (nuint)(offset + block));
        }

        return new(Vector.LoadUnsafe(ref source, (nuint)offset), second);
    }

    /// <summary>The inverse of <see cref="Load"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(LanePair<TLimit> value, ref float destination, int offset, int block)
    {
        value._first.StoreUnsafe(ref destination, (nuint)offset);
        if (IsPair)
        {
            value._second.StoreUnsafe(ref destination, (nuint)(offset + block));
        }
    }

    /// <summary><c>sum + weights * value</c>, fused (rounded once) where the hardware can; the weights lie as for <see cref="Load"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<TLimit> MultiplyAdd(ref float weights, int offset, int block, Vector<float> value, LanePair<TLimit> sum)
    {
        // Each load beside its use: it becomes part of the instruction and takes no register.
        Vector<float> second = default;
        if (IsPair)
        {
            second = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref weights, (nuint)(offset + block)), value, sum._second);
        }

        return new(Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref weights, (nuint)offset), value, sum._first), second);
    }

    /// <summary><see cref="VectorMath.Sigmoid"/> of every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<TLimit> Sigmoid(LanePair<TLimit> x)
    {
        Vector<float> second = default;
        if (IsPair)
        {
            second = VectorMath.Sigmoid(x._second);
        }

        return new(VectorMath.Sigmoid(x._first), second);
    }

    /// <summary><see cref="VectorMath.Tanh"/> of every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<TLimit> Tanh(LanePair<TLimit> x)
    {
        Vector<float> second = default;
        if (IsPair)
        {
            second = VectorMath.Tanh(x._second);
        }

        return new(VectorMath.Tanh(x._first), second);
    }

    /// <summary><see cref="VectorMath.Relu"/> of every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<TLimit> Relu(LanePair<TLimit> x)
    {
        Vector<float> second = default;
        if (IsPair)
        {
            second = VectorMath.Relu(x._second);
        }

        return new(VectorMath.Relu(x._first), second);
    }
}
