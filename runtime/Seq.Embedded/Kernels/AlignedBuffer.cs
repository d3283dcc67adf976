using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Seq.Embedded.Kernels;

/// <summary>A block of float memory that starts on a 64-byte boundary, is zero at first, and never moves.</summary>
/// <remarks>
/// Weights, state, scratch and gradients live in such blocks: an aligned vector never straddles two cache lines.
/// The memory is a pinned array of the garbage collector, so it needs no disposing; it is allocated once, by the constructor.
/// </remarks>
public sealed class AlignedBuffer
{
    /// <summary>The alignment of the first element, in bytes: one cache line, and the widest vector.</summary>
    public const int Alignment = 64;

    private const int AlignmentFloats = Alignment / sizeof(float);

    private readonly float[] _array;
    private readonly int _start;

    /// <summary>Allocates <paramref name="length"/> floats, all zero.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative or above <c>Array.MaxLength - 16</c>.</exception>
    public AlignedBuffer(int length)
    {
        if (length < 0 || length > Array.MaxLength - AlignmentFloats)
        {
            throw new ArgumentOutOfRangeException(
                nameof(length), length, $"A buffer holds 0 to {Array.MaxLength - AlignmentFloats} floats.");
        }

        Length = length;
        _array = GC.AllocateArray<float>(length + AlignmentFloats, pinned: true);
        int misalignment = (int)(Marshal.UnsafeAddrOfPinnedArrayElement(_array, 0) & (Alignment - 1));
        _start = ((Alignment - misalignment) & (Alignment - 1)) / sizeof(float);
    }

    /// <summary>Number of floats.</summary>
    public int Length { get; }

    /// <summary>The whole block; its first element is 64-byte aligned. Allocates nothing.</summary>
    public Span<float> Span => _array.AsSpan(_start, Length);

    /// <summary>The first float of the block, from which generated code reaches all others. Allocates nothing.</summary>
    public ref float Origin => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_array), _start);
}
