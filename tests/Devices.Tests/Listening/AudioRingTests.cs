using KeywordSpotter.Listening;

namespace KeywordSpotter.Tests.Listening;

public sealed class AudioRingTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(100)] // more than it holds
    public void CopyBefore_gives_what_was_pushed_whatever_the_pieces(int piece)
    {
        float[] audio = [.. Enumerable.Range(0, 100).Select(i => (float)i)];
        var ring = new AudioRing(10);
        for (int at = 0; at < audio.Length; at += piece)
        {
            ring.Push(audio.AsSpan(at, Math.Min(piece, audio.Length - at)));
        }

        var copy = new float[4];
        Assert.Equal((100L, 4), (ring.Position, ring.CopyBefore(97, copy)));
        Assert.Equal([93, 94, 95, 96], copy);
    }

    [Fact]
    public void CopyBefore_gives_less_where_there_is_less()
    {
        var ring = new AudioRing(10);
        ring.Push([1, 2, 3]);
        var copy = new float[5];

        Assert.Equal(3, ring.CopyBefore(1000, copy)); // the future is cut off
        Assert.Equal([1, 2, 3], copy[..3]);
        Assert.Equal(2, ring.CopyBefore(2, copy));

        ring.Push(new float[20]);
        Assert.Equal(0, ring.CopyBefore(5, copy)); // forgotten
        Assert.Equal(2, ring.CopyBefore(15, copy)); // nearly
    }
}
