using Seq.Embedded.Audio;

namespace KeywordSpotter.Input;

/// <summary>Standard input as a source of audio: raw samples as the settings say, or a WAV when it starts like one and the settings name no format.</summary>
internal sealed class PipeSource : IAudioSource
{
    private const string Name = "standard input";
    private const int HeaderBytes = 12;
    private const int IdleMilliseconds = 1000;

    private readonly PipeStream _stream;
    private readonly InputSettings _settings;
    private WavReader? _reader;

    public PipeSource(Stream stream, InputSettings settings, CancellationToken stop)
    {
        _stream = new PipeStream(stream, stop);
        _settings = settings;
    }

    public int SampleRate => _reader?.SampleRate ?? 0;

    public int Channels => _reader?.Channels ?? 0;

    public bool HasEnded { get; private set; }

    /// <summary>Bytes at the end of the stream that are no whole frame.</summary>
    public int Leftover => HasEnded ? _reader?.LeftoverBytes ?? 0 : 0;

    /// <exception cref="OperationCanceledException">The program was asked to stop.</exception>
    /// <exception cref="InputException">The stream cannot be read.</exception>
    /// <exception cref="AudioFormatException">It starts like a WAV and is none that can be read.</exception>
    public int Read(Span<float> interleaved)
    {
        if (_reader is null)
        {
            _reader = Start();
            _stream.ReadTimeout = IdleMilliseconds;
            return 0; // rate and channels are known now
        }

        try
        {
            int frames = _reader.Read(interleaved);
            HasEnded = frames == 0;
            return frames;
        }
        catch (TimeoutException)
        {
            return 0;
        }
    }

    public void Dispose()
    {
        // The thread may still be blocked in its read; it is a background thread and ends with the process or the stream.
    }

    private WavReader Start() => _settings.Format is null && WavReader.IsWav(_stream.Peek(HeaderBytes))
        ? new WavReader(_stream, Name, leaveOpen: true)
        : WavReader.OpenRaw(
            _stream,
            Name,
            (_settings.Format ?? RawFormat.All[0]).Encoding,
            (_settings.Format ?? RawFormat.All[0]).Bits,
            _settings.Rate,
            _settings.Channels,
            leaveOpen: true);
}
