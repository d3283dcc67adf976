namespace KeywordSpotter.Listening;

/// <summary>The last few seconds of audio. Allocates nothing after construction.</summary>
/// <param name="capacity">Samples that are kept, 1 or more.</param>
internal sealed class AudioRing(int capacity)
{
    private readonly float[] _samples = new float[capacity];

    /// <summary>Samples pushed so far.</summary>
    public long Position { get; private set; }

    /// <summary>Takes the next samples, any number.</summary>
    public void Push(ReadOnlySpan<float> block)
    {
        Position += block.Length;
        ReadOnlySpan<float> last = block[Math.Max(0, block.Length - _samples.Length)..];
        int at = (int)((Position - last.Length) % _samples.Length);
        int first = Math.Min(last.Length, _samples.Length - at);
        last[..first].CopyTo(_samples.AsSpan(at));
        last[first..].CopyTo(_samples);
    }

    /// <summary>Copies the samples before a position, or those before the last one where it lies in the future.</summary>
    /// <param name="end">Position behind the last sample wanted.</param>
    /// <param name="destination">Receives them.</param>
    /// <returns>How many there were: fewer than wanted at the start of the audio and where they are too old.</returns>
    public int CopyBefore(long end, Span<float> destination)
    {
        end = Math.Min(end, Position);
        long start = Math.Max(Math.Max(0, Position - _samples.Length), end - destination.Length);
        int count = (int)Math.Max(0, end - start);
        int at = (int)(start % _samples.Length);
        int first = Math.Min(count, _samples.Length - at);
        _samples.AsSpan(at, first).CopyTo(destination);
        _samples.AsSpan(0, count - first).CopyTo(destination[first..]);
        return count;
    }
}
