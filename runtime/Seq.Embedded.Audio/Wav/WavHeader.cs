using System.Buffers.Binary;
using System.Text;

namespace Seq.Embedded.Audio;

/// <summary>Everything before the samples: the format, and how many bytes of samples follow.</summary>
/// <param name="Format">The checked format.</param>
/// <param name="DataBytes">Bytes of samples, or null when they run to the end of a stream of unknown length.</param>
/// <param name="EndsWithStream">True when the header does not state the size, so the end of the stream is the end of the audio.</param>
internal readonly record struct WavHeader(WavFormat Format, long? DataBytes, bool EndsWithStream)
{
    /// <summary>A size from here on, and larger than the file, is what writers put that cannot seek back:
    /// ffmpeg 0xFFFFFFFF, arecord and sox about 0x7FFFFFFF less the header and rounding.</summary>
    private const uint StreamedSize = 0x7FFF_0000;

    /// <summary>What RF64 and BW64 put in 32 bits where the size is in their ds64 chunk: EBU Tech 3306, ITU-R BS.2088.</summary>
    private const uint SizeIsElsewhere = 0xFFFF_FFFF;

    /// <summary>Of the ds64 chunk: sizes of the file, of the data chunk and in samples, each of 64 bits, and the length of a table.</summary>
    private const int LargeSizesBytes = 28;

    private const ulong MostBytes = 1UL << 62; // sums with it do not overflow

    /// <summary>Reads up to the first sample; the stream need not seek.</summary>
    /// <exception cref="AudioFormatException">This is no WAV file, it is truncated, or its format is not supported.</exception>
    public static WavHeader Read(Stream stream, string name)
    {
        Span<byte> bytes = stackalloc byte[40];
        int count = stream.ReadAtLeast(bytes[..12], 12, throwOnEndOfStream: false);
        if (count < 12)
        {
            throw new AudioFormatException(name, count == 0
                ? "the file is empty; a WAV file is needed"
                : $"the file ends after {count} bytes; a WAV file starts with a header of 12");
        }

        bool isLarge = bytes[..4].SequenceEqual("RF64"u8) || bytes[..4].SequenceEqual("BW64"u8);
        if (!IsStart(bytes))
        {
            throw new AudioFormatException(name,
                $"the file starts with {Show(bytes[..4])} and {Show(bytes[8..12])}; a WAV file starts with 'RIFF' (or 'RF64' or 'BW64'), its size, and 'WAVE'");
        }

        long riffEnd = 8L + BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        long position = 12; // counted from the start of the RIFF header, because the stream may not know its own
        WavFormat? format = null;
        ulong? largeSize = null;
        while (true)
        {
            count = stream.ReadAtLeast(bytes[..8], 8, throwOnEndOfStream: false);
            if (count < 8)
            {
                string missing = format is null ? "no fmt and no data chunk" : "no data chunk";
                throw new AudioFormatException(name, $"the file ends after {position + count} bytes and has {missing}; both are needed");
            }

            position += 8;
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            if (bytes[..4].SequenceEqual("data"u8))
            {
                return format is { } known
                    ? FromData(stream, name, known, isLarge && size == SizeIsElsewhere ? LargeSize(name, largeSize) : size, riffEnd <= position)
                    : throw new AudioFormatException(name, "the data chunk comes before any fmt chunk; the fmt chunk must come first");
            }

            string id = Show(bytes[..4]);
            int head = 0;
            bool isFormat = bytes[..4].SequenceEqual("fmt "u8);
            if (isFormat || (isLarge && bytes[..4].SequenceEqual("ds64"u8)))
            {
                head = (int)Math.Min(size, (uint)bytes.Length);
                count = stream.ReadAtLeast(bytes[..head], head, throwOnEndOfStream: false);
                if (count < head)
                {
                    throw Truncated(name, id, size, count);
                }

                if (isFormat)
                {
                    format = WavFormat.Parse(name, bytes[..head]);
                }
                else
                {
                    largeSize = head >= LargeSizesBytes
                        ? BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..])
                        : throw new AudioFormatException(name, $"the ds64 chunk has {head} bytes; at least {LargeSizesBytes} are needed");
                }
            }

            long rest = size - head + (size & 1); // chunks are padded to even sizes
            long skipped = Skip(stream, rest);
            if (skipped < rest)
            {
                throw Truncated(name, id, size, head + skipped);
            }

            position += head + rest;
        }
    }

    /// <summary>Whether 12 bytes are the first of a WAV file.</summary>
    public static bool IsStart(ReadOnlySpan<byte> bytes) => bytes.Length >= 12
        && (bytes[..4].SequenceEqual("RIFF"u8) || bytes[..4].SequenceEqual("RF64"u8) || bytes[..4].SequenceEqual("BW64"u8))
        && bytes[8..12].SequenceEqual("WAVE"u8);

    /// <summary>The size of the data chunk that the ds64 chunk states; 0, which it holds while a recorder has not ended, means not known.</summary>
    private static long? LargeSize(string name, ulong? size) => size switch
    {
        null => throw new AudioFormatException(name, "the data chunk leaves its size to a ds64 chunk, and there is none before it"),
        0 => null,
        > MostBytes => throw new AudioFormatException(name, $"the ds64 chunk states {size} bytes of data; allowed are up to {MostBytes}"),
        _ => (long)size,
    };

    private static WavHeader FromData(Stream stream, string name, WavFormat format, long? stated, bool riffEndsHere)
    {
        long? remaining = stream.CanSeek ? Math.Max(0, stream.Length - stream.Position) : null;
        bool fits = remaining is { } available && available >= stated;

        // Size 0 is an empty recording, unless the RIFF size also leaves no room for the samples: then both
        // were written before the samples and never corrected.
        if (stated is not { } size || (size == 0 ? riffEndsHere : size is >= StreamedSize and <= SizeIsElsewhere && !fits))
        {
            return new WavHeader(format, remaining, EndsWithStream: true);
        }

        if (remaining is { } found && found < size)
        {
            throw new AudioFormatException(name,
                $"the file is truncated: the data chunk states {size} bytes and only {found} follow");
        }

        return new WavHeader(format, size, EndsWithStream: false);
    }

    /// <summary>Skips forward; returns how many bytes there were to skip, at most <paramref name="count"/>.</summary>
    private static long Skip(Stream stream, long count)
    {
        if (stream.CanSeek)
        {
            long step = Math.Min(count, Math.Max(0, stream.Length - stream.Position));
            stream.Seek(step, SeekOrigin.Current);
            return step;
        }

        Span<byte> scratch = stackalloc byte[1024];
        long skipped = 0;
        while (skipped < count)
        {
            int read = stream.Read(scratch[..(int)Math.Min(count - skipped, scratch.Length)]);
            if (read == 0)
            {
                break;
            }

            skipped += read;
        }

        return skipped;
    }

    private static AudioFormatException Truncated(string name, string id, uint stated, long found) =>
        new(name, $"the file is truncated: chunk {id} states {stated} bytes and only {found} follow");

    /// <summary>A four-character code in quotes; bytes that do not print are shown as \xNN.</summary>
    private static string Show(ReadOnlySpan<byte> code)
    {
        var text = new StringBuilder("'");
        foreach (byte b in code)
        {
            text.Append(b is >= 0x20 and < 0x7F ? ((char)b).ToString() : $"\\x{b:X2}");
        }

        return text.Append('\'').ToString();
    }
}
