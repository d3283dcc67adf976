using Seq.Embedded.Audio;

namespace KeywordSpotter.Serving;

/// <summary>The payloads of a client's audio chunks as a source of audio. Allocates nothing per chunk.</summary>
/// <param name="reader">Delivers the payloads.</param>
/// <param name="format">Of the samples.</param>
/// <param name="nextChunk">Waits for the next chunk, whose payload is whole frames of the format; false at the end of the stream.</param>
internal sealed class ChunkSource(MessageReader reader, AudioFormat format, Func<bool> nextChunk) : IAudioSource
{
    public int SampleRate => format.Rate;

    public int Channels => format.Channels;

    public bool HasEnded { get; private set; }

    /// <exception cref="ProtocolException">The client sent what it should not.</exception>
    /// <exception cref="IOException">The connection is lost, or nothing came for too long.</exception>
    public int Read(Span<float> interleaved)
    {
        while (reader.PayloadLeft == 0)
        {
            if (!nextChunk())
            {
                HasEnded = true;
                return 0;
            }
        }

        ReadOnlySpan<byte> piece = reader.ReadPayload(format.FrameBytes, interleaved.Length / format.Channels * format.FrameBytes);
        format.Decode(piece, interleaved);
        return piece.Length / format.FrameBytes;
    }

    public void Dispose()
    {
        // The connection belongs to the session.
    }
}
