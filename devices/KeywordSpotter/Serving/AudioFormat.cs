using Seq.Embedded.Audio;

namespace KeywordSpotter.Serving;

/// <summary>How a client sends its samples: signed integers, little-endian, channels interleaved.</summary>
/// <param name="Rate">Frames per second, in Hz.</param>
/// <param name="Width">Bytes of a sample.</param>
/// <param name="Channels">Samples of a frame.</param>
internal readonly record struct AudioFormat(int Rate, int Width, int Channels)
{
    private const int MinRate = 8_000;
    private const int MaxRate = 192_000;
    private const int MaxChannels = 8;

    /// <summary>Bytes of a frame.</summary>
    public int FrameBytes => Width * Channels;

    /// <summary>The format that a message states.</summary>
    /// <exception cref="ProtocolException">It states none, or one that cannot be converted.</exception>
    public static AudioFormat Of(in Message message)
    {
        if (message is not { Rate: { } rate, Width: { } width, Channels: { } channels })
        {
            throw new ProtocolException("audio without a format; allowed: 'rate', 'width' and 'channels', each a whole number");
        }

        if (rate is < MinRate or > MaxRate)
        {
            throw new ProtocolException($"'rate' is {rate}; allowed: {MinRate} to {MaxRate} Hz");
        }

        // Bytes are left out, as some programs take them for signed numbers and others for unsigned ones.
        if (width is < 2 or > 4)
        {
            throw new ProtocolException($"'width' is {width}; allowed: 2, 3 and 4 bytes of a signed whole number");
        }

        return channels is >= 1 and <= MaxChannels
            ? new AudioFormat(rate, width, channels)
            : throw new ProtocolException($"'channels' is {channels}; allowed: 1 to {MaxChannels}");
    }

    /// <summary>Scales samples to +-1. Allocates nothing.</summary>
    /// <param name="bytes">Whole samples.</param>
    /// <param name="samples">As many as there are in the bytes, or more.</param>
    public void Decode(ReadOnlySpan<byte> bytes, Span<float> samples) => SampleDecoder.Decode(bytes, WavEncoding.Pcm, 8 * Width, samples);
}
