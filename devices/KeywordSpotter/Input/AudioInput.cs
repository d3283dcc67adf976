using System.Globalization;
using Seq.Embedded.Audio;

namespace KeywordSpotter.Input;

/// <summary>
/// Any audio as one channel at the rate of the model: a channel chosen or all averaged, then resampled. What is lost on the way is counted.
/// Memory is bounded; allocates nothing per block.
/// </summary>
internal sealed class AudioInput : IDisposable
{
    private const string BundledRecording = "wake-words.wav";
    private const int BlockFrames = 1600;
    private const double WindowSeconds = 0.1;
    private const int ZeroSeconds = 10;

    private readonly IAudioSource _source;
    private readonly MicrophoneSource? _microphone;
    private readonly int _rate;
    private readonly int? _channel;
    private readonly CancellationToken _stop;
    private readonly Action<string>? _report;
    private readonly float[] _mono = new float[BlockFrames];
    private float[] _interleaved = [];
    private float[] _resampled = [];
    private Resampler? _resampler; // null: the source has the model's rate
    private int _sourceRate;
    private int _sourceChannels;
    private int _losses;
    private long _samples; // given out, to the end of the last block
    private bool _ended;
    private bool _hasToldZeros;

    /// <summary>Takes over a source.</summary>
    /// <param name="source">Closed with this.</param>
    /// <param name="sampleRate">Of the blocks, in Hz.</param>
    /// <param name="channel">The channel to listen to, from 0 on; null: the mean of all.</param>
    /// <param name="stop">Ends the audio.</param>
    /// <param name="report">Receives a line when the audio has fewer samples per second than the model was made for, or a microphone
    /// not the chosen channel; null: nobody is told.</param>
    /// <exception cref="InputException">There is no such channel.</exception>
    public AudioInput(IAudioSource source, int sampleRate, int? channel = null, CancellationToken stop = default, Action<string>? report = null)
    {
        _source = source;
        _microphone = source as MicrophoneSource;
        _rate = sampleRate;
        _channel = channel;
        _stop = stop;
        _report = report;
        Level = new LevelMeter(1);
        Configure();
    }

    /// <summary>Level of the chosen channel, or of all that are averaged, as the source gives it: before resampling, which hides clipping.
    /// Windows of 0.1 s.</summary>
    public LevelMeter Level { get; }

    /// <summary>Whether the last block is the first after the microphone was gone: what has state must be reset before the block is used.</summary>
    public bool HasRestarted { get; private set; }

    /// <summary>Seconds from the start to the first sample of the last block, what was lost included.</summary>
    public double Position { get; private set; }

    /// <summary>Whether a microphone is gone at present: blocks are empty.</summary>
    public bool IsAway => _microphone is { IsAway: true };

    /// <summary>How often a microphone was gone.</summary>
    public int Losses => _microphone?.Losses ?? 0;

    /// <summary>How often audio of a microphone was lost because it was not read in time.</summary>
    public long Overruns => _microphone?.Overruns ?? 0;

    /// <summary>Frames of the microphone that were lost so, by the clock.</summary>
    public long DroppedFrames => _microphone?.DroppedFrames ?? 0;

    /// <summary>Seconds of audio that were lost, so or while the microphone was gone.</summary>
    public double LostSeconds => _microphone?.LostSeconds ?? 0;

    /// <summary>Opens what the settings name.</summary>
    /// <param name="terminal">Gives standard input, receives a line for each change of a microphone's state, and ends the audio on Ctrl+C.</param>
    /// <param name="settings">What to open.</param>
    /// <param name="sampleRate">Of the blocks, in Hz.</param>
    /// <exception cref="InputException">There is no such file or channel.</exception>
    /// <exception cref="UsageException">The input is <c>mic:</c> without a name.</exception>
    /// <exception cref="AudioFormatException">The file is no WAV file that can be read.</exception>
    /// <exception cref="AudioDeviceException">The microphone cannot be opened, and is not to be waited for.</exception>
    public static AudioInput Open(Terminal terminal, InputSettings settings, int sampleRate)
    {
        void Report(string message) => terminal.Error.WriteLine($"kws: {message}");
        IAudioSource source = OpenSource(terminal, settings, sampleRate, Report);
        try
        {
            return new AudioInput(source, sampleRate, settings.Channel, terminal.Stop, Report);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>Waits for the next block; it is valid until the next call. Empty when none has come for about a second, so that the caller
    /// can do what is due.</summary>
    /// <returns>False at the end of the audio and after Ctrl+C, which is how one stops listening.</returns>
    /// <exception cref="InputException">Standard input cannot be read, or has no such channel.</exception>
    /// <exception cref="AudioFormatException">The file is truncated.</exception>
    public bool TryRead(out ReadOnlySpan<float> block)
    {
        block = default;
        HasRestarted = false;
        if (_ended)
        {
            return false;
        }

        try
        {
            _stop.ThrowIfCancellationRequested();
            int frames = _source.Read(_interleaved);
            _ended = frames == 0 && _source.HasEnded;
            if (_source.SampleRate != _sourceRate || _source.Channels != _sourceChannels)
            {
                Configure();
            }

            block = _ended ? Flush() : Convert(frames);
        }
        catch (OperationCanceledException)
        {
            _ended = true;
            return false;
        }

        Position = ((double)_samples / _rate) + LostSeconds;
        _samples += block.Length;
        return !_ended || block.Length > 0;
    }

    /// <summary>Tells, when all is over, what was not heard.</summary>
    public void WriteRemarks(TextWriter error)
    {
        if (Overruns > 0)
        {
            error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"kws: audio was lost {Overruns} times because it was not read in time: {DroppedFrames} frames"));
        }

        if (_source is PipeSource { Leftover: > 0 } pipe)
        {
            error.WriteLine($"kws: the last {pipe.Leftover} bytes of standard input were no whole frame and were ignored");
        }
    }

    public void Dispose() => _source.Dispose();

    private static IAudioSource OpenSource(Terminal terminal, InputSettings settings, int sampleRate, Action<string> report)
    {
        if (settings.Device is { } device)
        {
            return new MicrophoneSource(
                device,
                () => AlsaCapture.Open(device, sampleRate, terminal.Stop, settings.Channel),
                settings.Wait && AlsaCapture.IsAvailable,
                report,
                terminal.Stop);
        }

        if (settings.IsPipe)
        {
            return new PipeSource(terminal.OpenInput(), settings, terminal.Stop);
        }

        if (settings.Input is { } path)
        {
            return settings.Format is { } format ? WavSource.OpenRaw(path, format, settings.Rate, settings.Channels) : WavSource.Open(path);
        }

        string recording = Path.Combine(AppContext.BaseDirectory, BundledRecording);
        return File.Exists(recording)
            ? WavSource.Open(recording)
            : throw new InputException($"the bundled recording {BundledRecording} is not beside the program: give a WAV file, '-' or 'mic'");
    }

    private void Configure()
    {
        (_sourceRate, _sourceChannels) = (_source.SampleRate, _source.Channels);
        if (_sourceRate == 0)
        {
            return;
        }

        if (_channel >= _sourceChannels)
        {
            throw new InputException($"--channel is {_channel + 1}, and the audio has {_sourceChannels} channels; allowed: 1 to {_sourceChannels}, or mix");
        }

        if (_sourceRate < _rate)
        {
            _report?.Invoke($"the audio has {_sourceRate} samples per second and the model was made for {_rate}: nothing above {_sourceRate / 2} Hz is heard, "
                + "and words are missed that differ from others there (s, x, z)");
        }

        _interleaved = new float[BlockFrames * _sourceChannels];
        _resampler = _sourceRate == _rate ? null : new Resampler(_sourceRate, _rate);
        _resampled = _resampler is null ? [] : new float[_resampler.GetMaxOutput(BlockFrames)];
        Level.WindowSamples = Math.Max(1, (int)(WindowSeconds * _sourceRate) * (_channel is null ? _sourceChannels : 1));
    }

    private ReadOnlySpan<float> Convert(int frames)
    {
        if (frames == 0)
        {
            return default;
        }

        if (Losses > _losses)
        {
            _losses = Losses;
            HasRestarted = true;
            _resampler?.Reset();
        }

        Span<float> mono = _mono.AsSpan(0, frames);
        ReadOnlySpan<float> interleaved = _interleaved.AsSpan(0, frames * _sourceChannels);
        if (_channel is { } channel)
        {
            ChannelMixer.Select(interleaved, _sourceChannels, channel, mono);
            Level.Push(mono);
            CheckChannel(channel);
        }
        else
        {
            ChannelMixer.Average(interleaved, _sourceChannels, mono);
            Level.Push(interleaved);
        }

        return _resampler is null ? mono : _resampled.AsSpan(0, _resampler.Process(mono, _resampled));
    }

    /// <summary>A device that converts says that it has any channel, and gives zeros for those it has not.</summary>
    private void CheckChannel(int channel)
    {
        if (_microphone is not null && !_hasToldZeros && Level.TrailingZeros >= ZeroSeconds * _sourceRate)
        {
            _hasToldZeros = true;
            _report?.Invoke(
                $"channel {channel + 1} of the microphone '{_microphone.Device}' has given nothing but zeros for {ZeroSeconds} s: does it have that channel?");
        }
    }

    private ReadOnlySpan<float> Flush() => _resampler is null ? default : _resampled.AsSpan(0, _resampler.Flush(_resampled));
}
