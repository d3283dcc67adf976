using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Seq.Embedded.Kernels;

/// <summary>
/// The vector operations of generated kernels, one instruction each. They do no bounds checks: generated code calls them with
/// offsets inside buffers whose sizes the plan fixed.
/// </summary>
public static class Lanes
{
    /// <summary>Loads Vector&lt;float&gt;.Count values that begin <paramref name="offset"/> floats behind <paramref name="source"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Load(ref float source, int offset) => Vector.LoadUnsafe(ref source, (nuint)offset);

    /// <summary>Stores Vector&lt;float&gt;.Count values <paramref name="offset"/> floats behind <paramref name="destination"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector<float> value, ref float destination, int offset) => value.StoreUnsafe(ref destination, (nuint)offset);

    /// <summary>One value in every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Broadcast(ref float source, nint offset) => new(Unsafe.Add(ref source, offset));

    /// <summary><c>a * b + c</c>, fused (rounded once) where the hardware can.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> MultiplyAdd(Vector<float> a, Vector<float> b, Vector<float> c) => Vector.MultiplyAddEstimate(a, b, c);

    /// <summary><paramref name="value"/> in the lanes where <paramref name="condition"/> is above zero, zero in the others: the derivative of relu.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> WherePositive(Vector<float> condition, Vector<float> value) =>
        Vector.ConditionalSelect(Vector.GreaterThan(condition, Vector<float>.Zero), value, Vector<float>.Zero);

    /// <summary>Copies so many values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(ref float source, ref float destination, int values) =>
        MemoryMarshal.CreateReadOnlySpan(ref source, values).CopyTo(MemoryMarshal.CreateSpan(ref destination, values));
}
