using System.Buffers.Binary;

namespace Seq.Embedded.Audio;

/// <summary>The content of a "fmt " chunk that passed every check.</summary>
internal readonly record struct WavFormat(WavEncoding Encoding, int Channels, int SampleRate, int BitsPerSample)
{
    public const int MaxChannels = 8;
    public const int MinSampleRate = 1_000;
    public const int MaxSampleRate = 768_000;

    private const int BasicBytes = 16;
    private const int ExtensibleBytes = 40;
    private const int ExtensibleTag = 0xFFFE;

    /// <summary>The last 14 bytes of every sub-format GUID that stands for a plain format tag
    /// (KSDATAFORMAT_SUBTYPE_WAVEFORMATEX: xxxx0000-0000-0010-8000-00AA00389B71).</summary>
    private static ReadOnlySpan<byte> SubFormatTail =>
        [0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71];

    /// <summary>Bytes of one frame: one sample of every channel.</summary>
    public int BytesPerFrame => Channels * (BitsPerSample / 8);

    /// <summary>Reads the first 40 bytes (or fewer, if the chunk is shorter) of a "fmt " chunk.</summary>
    /// <exception cref="AudioFormatException">A value is not supported or the values contradict each other.</exception>
    public static WavFormat Parse(string name, ReadOnlySpan<byte> chunk)
    {
        if (chunk.Length < BasicBytes)
        {
            throw new AudioFormatException(name, $"the fmt chunk has {chunk.Length} bytes; at least {BasicBytes} are needed");
        }

        int tag = BinaryPrimitives.ReadUInt16LittleEndian(chunk);
        int channels = BinaryPrimitives.ReadUInt16LittleEndian(chunk[2..]);
        uint rate = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
        int bytesPerFrame = BinaryPrimitives.ReadUInt16LittleEndian(chunk[12..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(chunk[14..]);
        if (tag == ExtensibleTag)
        {
            tag = ParseExtension(name, chunk, bits);
        }

        string allowed = (WavEncoding)tag switch
        {
            WavEncoding.Pcm => "PCM allows 8, 16, 24 and 32",
            WavEncoding.Float => "IEEE float allows 32 and 64",
            WavEncoding.ALaw or WavEncoding.MuLaw => "A-law and mu-law allow 8",
            _ => throw new AudioFormatException(name,
                $"the audio format is {Describe(tag)}; allowed are 1 (PCM), 3 (IEEE float), 6 (A-law) and 7 (mu-law)"),
        };
        if (!SampleDecoder.IsSupported((WavEncoding)tag, bits))
        {
            throw new AudioFormatException(name, $"there are {bits} bits per sample; {allowed}");
        }

        if (channels is < 1 or > MaxChannels)
        {
            throw new AudioFormatException(name, $"there are {channels} channels; allowed are 1 to {MaxChannels}");
        }

        if (rate is < MinSampleRate or > MaxSampleRate)
        {
            throw new AudioFormatException(name, $"the sample rate is {rate} Hz; allowed are {MinSampleRate} to {MaxSampleRate} Hz");
        }

        var format = new WavFormat((WavEncoding)tag, channels, (int)rate, bits);
        if (bytesPerFrame != format.BytesPerFrame)
        {
            throw new AudioFormatException(name,
                $"a frame (block) has {bytesPerFrame} bytes; {channels} channels of {bits} bits need {format.BytesPerFrame}");
        }

        return format;
    }

    /// <summary>Checks the extension of WAVE_FORMAT_EXTENSIBLE and returns the plain format tag that it stands for.
    /// Fewer valid bits than the container has need no care: valid bits are the most significant ones.</summary>
    private static int ParseExtension(string name, ReadOnlySpan<byte> chunk, int bits)
    {
        if (chunk.Length < ExtensibleBytes)
        {
            throw new AudioFormatException(name,
                $"the fmt chunk of an extensible format has {chunk.Length} bytes; at least {ExtensibleBytes} are needed");
        }

        int validBits = BinaryPrimitives.ReadUInt16LittleEndian(chunk[18..]);
        if (validBits > bits)
        {
            throw new AudioFormatException(name, $"{validBits} bits of each sample are said to be valid; a sample has {bits}");
        }

        if (!chunk.Slice(26, SubFormatTail.Length).SequenceEqual(SubFormatTail))
        {
            throw new AudioFormatException(name,
                $"the sub-format is {new Guid(chunk.Slice(24, 16))}; allowed are PCM, IEEE float, A-law and mu-law (0000000N-0000-0010-8000-00aa00389b71 with N = 1, 3, 6 or 7)");
        }

        return BinaryPrimitives.ReadUInt16LittleEndian(chunk[24..]);
    }

    private static string Describe(int tag) => tag switch
    {
        0x0002 => "2 (Microsoft ADPCM)",
        0x0011 => "17 (IMA ADPCM)",
        0x0055 => "85 (MP3)",
        _ => tag.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}
