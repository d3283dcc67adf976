using System.Numerics;
using System.Runtime.CompilerServices;

namespace Seq.Embedded.Kernels;

/// <summary>Products of 8-bit integers in plain vectors, for processors without the instructions of <see cref="Int8Multiply"/>: one byte of every lane after the other.</summary>
public readonly struct Int8Portable : IInt8Product
{
    /// <inheritdoc/>
    public static int Offset
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 0;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<int> Add(Vector<int> sum, Vector<sbyte> weights, Vector<sbyte> activations)
    {
        Vector<int> w = Vector.AsVectorInt32(weights), x = Vector.AsVectorInt32(activations);
        sum += (w << 24 >> 24) * (x << 24 >> 24);
        sum += (w << 16 >> 24) * (x << 16 >> 24);
        sum += (w << 8 >> 24) * (x << 8 >> 24);
        return sum + ((w >> 24) * (x >> 24));
    }
}
