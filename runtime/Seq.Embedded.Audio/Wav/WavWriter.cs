using System.Buffers.Binary;

namespace Seq.Embedded.Audio;

/// <summary>Writes 16-bit PCM WAV files.</summary>
public static class WavWriter
{
    private const int HeaderBytes = 44;

    /// <summary>Writes a file of one channel; an existing file is replaced.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mono">Samples in +-1; stored is round(32768 x), clipped to 16 bits; NaN becomes 0.</param>
    /// <param name="sampleRate">In Hz, more than 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The sample rate is not positive, or the samples exceed the 4 GB of a WAV file.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, ReadOnlySpan<float> mono, int sampleRate)
    {
        using var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        Write(stream, mono, sampleRate, channels: 1);
    }

    /// <summary>Writes a WAV of one or more channels to a stream, which need not be seekable and is left open.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="interleaved">Frames of <paramref name="channels"/> samples in +-1; stored is round(32768 x), clipped to 16 bits; NaN becomes 0.</param>
    /// <param name="sampleRate">In Hz, more than 0.</param>
    /// <param name="channels">1 to 8.</param>
    /// <exception cref="ArgumentException">The number of samples is no multiple of the channels.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The sample rate is not positive, the channels are not 1 to 8, or the samples exceed the 4 GB of a WAV file.</exception>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public static void Write(Stream stream, ReadOnlySpan<float> interleaved, int sampleRate, int channels)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampleRate);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(channels, WavFormat.MaxChannels);
        if (interleaved.Length % channels != 0)
        {
            throw new ArgumentException(
                $"There are {interleaved.Length} samples; a multiple of the {channels} channels is needed.", nameof(interleaved));
        }

        long dataBytes = 2L * interleaved.Length;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dataBytes, uint.MaxValue - HeaderBytes, nameof(interleaved));
        byte[] bytes = new byte[16 * 1024];
        WriteHeader(bytes, (uint)dataBytes, sampleRate, channels);
        int used = HeaderBytes;
        foreach (float sample in interleaved)
        {
            if (used == bytes.Length)
            {
                stream.Write(bytes);
                used = 0;
            }

            BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(used), ToInt16(sample));
            used += 2;
        }

        stream.Write(bytes.AsSpan(0, used));
    }

    private static short ToInt16(float sample) =>
        float.IsNaN(sample) ? (short)0 : (short)Math.Clamp(MathF.Round(sample * 32768f), short.MinValue, short.MaxValue);

    private static void WriteHeader(Span<byte> header, uint dataBytes, int sampleRate, int channels)
    {
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], dataBytes + HeaderBytes - 8);
        "WAVEfmt "u8.CopyTo(header[8..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], 16);
        BinaryPrimitives.WriteUInt16LittleEndian(header[20..], (ushort)WavEncoding.Pcm);
        BinaryPrimitives.WriteUInt16LittleEndian(header[22..], (ushort)channels);
        BinaryPrimitives.WriteUInt32LittleEndian(header[24..], (uint)sampleRate);
        BinaryPrimitives.WriteUInt32LittleEndian(header[28..], (uint)sampleRate * (uint)channels * 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header[32..], (ushort)(channels * 2));
        BinaryPrimitives.WriteUInt16LittleEndian(header[34..], 16);
        "data"u8.CopyTo(header[36..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[40..], dataBytes);
    }
}
