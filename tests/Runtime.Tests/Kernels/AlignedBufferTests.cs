using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Seq.Embedded.Kernels;

namespace Seq.Embedded.Tests.Kernels;

public class AlignedBufferTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(1001)]
    [InlineData(100_000)]
    public void Span_is_aligned_zero_and_never_moves(int length)
    {
        AlignedBuffer buffer = new(length);
        Assert.Equal(length, buffer.Length);
        Assert.Equal(length, buffer.Span.Length);
        Assert.Equal(-1, buffer.Span.IndexOfAnyExcept(0f));
        nint address = Address(buffer);
        Assert.Equal(0, address % AlignedBuffer.Alignment);
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
        Assert.Equal(address, Address(buffer));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void Constructor_impossible_length_throws(int length)
    {
        ArgumentOutOfRangeException exception = Assert.Throws<ArgumentOutOfRangeException>(() => new AlignedBuffer(length));
        Assert.Equal(length, exception.ActualValue);
    }

    // The distance to the null reference is the address; the memory is pinned.
    private static nint Address(AlignedBuffer buffer) =>
        Unsafe.ByteOffset(ref Unsafe.NullRef<float>(), ref MemoryMarshal.GetReference(buffer.Span));
}
