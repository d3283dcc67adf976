namespace Seq.Embedded.Audio;

/// <summary>Reads a WAV file or stream piece by piece as floats in +-1.</summary>
/// <remarks>
/// <para>PCM of 8, 16, 24 or 32 bits, IEEE float of 32 or 64 bits, A-law and mu-law, 1 to 8 channels, 1,000 to 768,000 Hz, plain or
/// WAVE_FORMAT_EXTENSIBLE, in RIFF files and in those beyond 4 GB (RF64, BW64). Integers are divided by 2^(bits - 1); floats are passed
/// on unchanged, NaN and infinity included. Other chunks are skipped. Samples that do not fill a whole frame at the end are ignored.</para>
/// <para>A header written before the length was known (data size 0xFFFFFFFF or nearly 2^31, or 0 where the RIFF size leaves no room either)
/// means that the audio runs to the end of the stream, as it does in raw audio. A stated size that the stream does not hold is an error.</para>
/// <para>Not thread-safe. Reading allocates nothing.</para>
/// </remarks>
public sealed class WavReader : IDisposable
{
    private const int BufferBytes = 16 * 1024;
    private const int MaxRawChannels = 32;
    private const long Unknown = long.MaxValue / 2; // more than any stream holds; sums with it do not overflow

    private readonly Stream _stream;
    private readonly string _name;
    private readonly bool _leaveOpen;
    private readonly WavFormat _format;
    private readonly byte[] _bytes = new byte[BufferBytes];
    private readonly bool _endsWithStream;
    private float[] _mix = []; // one block of interleaved samples, only for ReadMono of several channels
    private int _held;         // bytes in _bytes: the start of a frame whose end has not arrived yet
    private long _remaining;   // bytes of samples that the stream still holds (or Unknown)

    /// <summary>Opens a WAV file.</summary>
    /// <param name="path">The file; pipes and devices work too.</param>
    /// <exception cref="AudioFormatException">This is no WAV file, it is truncated, or its format is not supported.</exception>
    /// <exception cref="IOException">The file does not exist or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read, or is a folder.</exception>
    public WavReader(string path)
        : this(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0), path, leaveOpen: false)
    {
    }

    /// <summary>Reads a WAV from a stream, from its present position on.</summary>
    /// <param name="stream">Need not be seekable.</param>
    /// <param name="name">What error messages call the stream.</param>
    /// <param name="leaveOpen">False: <see cref="Dispose"/>, and a failure of this constructor, close the stream.</param>
    /// <exception cref="AudioFormatException">This is no WAV file, it is truncated, or its format is not supported.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public WavReader(Stream stream, string name, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        _stream = stream;
        _name = name;
        _leaveOpen = leaveOpen;
        try
        {
            WavHeader header = WavHeader.Read(stream, name);
            _format = header.Format;
            _endsWithStream = header.EndsWithStream;
            _remaining = header.DataBytes ?? Unknown;
            FrameCount = header.DataBytes / _format.BytesPerFrame;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private WavReader(Stream stream, string name, WavFormat format, bool leaveOpen)
    {
        _stream = stream;
        _name = name;
        _leaveOpen = leaveOpen;
        _format = format;
        _endsWithStream = true;
        _remaining = Unknown;
    }

    /// <summary>Reads samples that have no header from a stream, from its present position on to its end.</summary>
    /// <param name="stream">Need not be seekable.</param>
    /// <param name="name">What error messages call the stream.</param>
    /// <param name="encoding">How a sample is stored.</param>
    /// <param name="bitsPerSample">8, 16, 24 or 32 of PCM, 32 or 64 of floats, 8 of A-law and mu-law.</param>
    /// <param name="sampleRate">In Hz: 1,000 to 768,000.</param>
    /// <param name="channels">1 to 32, interleaved.</param>
    /// <param name="leaveOpen">False: <see cref="Dispose"/> closes the stream.</param>
    /// <exception cref="ArgumentException">The encoding has no samples of so many bits.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Rate or channels are not allowed.</exception>
    public static WavReader OpenRaw(
        Stream stream, string name, WavEncoding encoding, int bitsPerSample, int sampleRate, int channels, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        if (!SampleDecoder.IsSupported(encoding, bitsPerSample))
        {
            throw new ArgumentException(
                $"{encoding} of {bitsPerSample} bits is not supported; allowed: Pcm of 8, 16, 24, 32, Float of 32, 64, ALaw and MuLaw of 8.", nameof(bitsPerSample));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(sampleRate, WavFormat.MinSampleRate);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sampleRate, WavFormat.MaxSampleRate);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(channels, MaxRawChannels);
        return new WavReader(stream, name, new WavFormat(encoding, channels, sampleRate, bitsPerSample), leaveOpen);
    }

    /// <summary>Whether a stream that starts with these bytes (12 are needed) is a WAV, and no raw audio.</summary>
    public static bool IsWav(ReadOnlySpan<byte> start) => WavHeader.IsStart(start);

    /// <summary>Frames per second, in Hz.</summary>
    public int SampleRate => _format.SampleRate;

    /// <summary>Channels: 1 to 8, of raw audio 1 to 32.</summary>
    public int Channels => _format.Channels;

    /// <summary>Bits of one stored sample: 8, 16, 24, 32 or 64.</summary>
    public int BitsPerSample => _format.BitsPerSample;

    /// <summary>How samples are stored.</summary>
    public WavEncoding Encoding => _format.Encoding;

    /// <summary>Frames (one sample of every channel) in the whole file, or null when only the end of the stream will tell.</summary>
    public long? FrameCount { get; }

    /// <summary>Bytes that were read and do not fill a frame: at the end of the audio, those that are ignored.</summary>
    public int LeftoverBytes => _held;

    /// <summary>True when <see cref="FrameCount"/> was compared with what the stream really holds.</summary>
    internal bool IsFrameCountChecked => FrameCount is not null && _stream.CanSeek;

    /// <summary>Reads the next frames. Like <see cref="Stream.Read(Span{byte})"/> this may return fewer than fit, and waits only for the first one.</summary>
    /// <param name="interleaved">Filled with frames of <see cref="Channels"/> samples each, from its start.</param>
    /// <returns>The number of frames read; 0 at the end of the audio.</returns>
    /// <exception cref="ArgumentException"><paramref name="interleaved"/> has no room for one frame.</exception>
    /// <exception cref="AudioFormatException">The stream ends before the size that its header states.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public int Read(Span<float> interleaved)
    {
        int room = interleaved.Length / Channels;
        if (room == 0)
        {
            throw new ArgumentException(
                $"The buffer has room for {interleaved.Length} samples; one frame has {Channels}.", nameof(interleaved));
        }

        int frameBytes = _format.BytesPerFrame;
        int wanted = (int)Math.Min((long)Math.Min(room, BufferBytes / frameBytes) * frameBytes, _held + _remaining);
        int frames = 0;
        while (wanted >= frameBytes && frames == 0)
        {
            int read = _stream.Read(_bytes.AsSpan(_held, wanted - _held));
            if (read == 0)
            {
                return AtEnd();
            }

            _held += read;
            _remaining -= read;
            frames = _held / frameBytes;
        }

        int used = frames * frameBytes;
        SampleDecoder.Decode(_bytes.AsSpan(0, used), Encoding, BitsPerSample, interleaved);
        _bytes.AsSpan(used, _held - used).CopyTo(_bytes);
        _held -= used;
        return frames;
    }

    /// <summary>Reads the next frames and averages their channels. May return fewer than fit.</summary>
    /// <param name="mono">Filled with one sample per frame, from its start.</param>
    /// <returns>The number of samples written; 0 at the end of the audio.</returns>
    /// <exception cref="ArgumentException"><paramref name="mono"/> is empty.</exception>
    /// <exception cref="AudioFormatException">The stream ends before the size that its header states.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public int ReadMono(Span<float> mono)
    {
        if (Channels == 1 || mono.IsEmpty)
        {
            return Read(mono);
        }

        if (_mix.Length == 0)
        {
            _mix = new float[BufferBytes / _format.BytesPerFrame * Channels];
        }

        int frames = Read(_mix.AsSpan(0, (int)Math.Min(_mix.Length, (long)mono.Length * Channels)));
        ChannelMixer.Average(_mix, Channels, mono[..frames]);
        return frames;
    }

    /// <summary>Closes the stream, unless it was to be left open.</summary>
    public void Dispose()
    {
        if (!_leaveOpen)
        {
            _stream.Dispose();
        }
    }

    private int AtEnd()
    {
        return _endsWithStream
            ? 0
            : throw new AudioFormatException(_name, $"the file is truncated: {_remaining} bytes of the stated size of the data chunk are missing");
    }
}
