namespace Seq.Embedded.Audio;

/// <summary>
/// A microphone through ALSA (libasound): 16-bit samples, half a second of buffer. When the program was too slow and the
/// device overran, or the machine was suspended, capturing goes on and the gap is counted.
/// </summary>
/// <remarks>
/// The wanted rate is asked for in mono first; a device that does not offer it (a plain <c>hw:</c> device, say) is tried
/// at common rates in mono and stereo, so <see cref="SampleRate"/> and <see cref="Channels"/> tell what was got.
/// The device is started explicitly: snd_pcm_set_params lets it start by itself only on a read of the whole buffer.
/// </remarks>
public sealed class AlsaCapture : IAudioSource
{
    private const uint LatencyMicroseconds = 500_000;
    private const int FramesPerRead = 1024;
    private const int WaitMilliseconds = 200; // how long a request to stop may go unseen

    // errno of Linux, the only system that has ALSA
    private const int Interrupted = 4;
    private const int TryAgain = 11;
    private const int NoDevice = 19;
    private const int Overrun = 32;
    private const int BadState = 77;
    private const int Suspended = 86;

    private readonly string _device;
    private readonly short[] _buffer;
    private readonly CancellationToken _stop;
    private IAlsaPcm? _pcm;

    /// <summary>Takes over a PCM whose parameters are set, and starts it.</summary>
    internal AlsaCapture(string device, IAlsaPcm pcm, int sampleRate, int channels, CancellationToken stop)
    {
        _device = device;
        _pcm = pcm;
        _stop = stop;
        SampleRate = sampleRate;
        Channels = channels;
        _buffer = new short[FramesPerRead * channels];
        Start(pcm);
    }

    /// <inheritdoc/>
    public int SampleRate { get; }

    /// <inheritdoc/>
    public int Channels { get; }

    /// <summary>How often audio was lost because it was not read in time (or the machine was suspended).</summary>
    public long Overruns { get; private set; }

    /// <summary>Opens a capture device and starts capturing.</summary>
    /// <param name="device">ALSA name, such as <c>default</c>, <c>plughw:1,0</c> or the name of a PCM in asound.conf.</param>
    /// <param name="sampleRate">Wanted rate in Hz.</param>
    /// <param name="stop">Ends a <see cref="Read"/> that waits for audio, within 0.2 s.</param>
    /// <exception cref="ArgumentException"><paramref name="device"/> is null or empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="sampleRate"/> is not positive.</exception>
    /// <exception cref="AudioDeviceException">libasound is missing, or the device does not exist, is busy, offers no usable format or does not start.</exception>
    public static AlsaCapture Open(string device, int sampleRate, CancellationToken stop = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(device);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampleRate);
        if (!AlsaLibrary.IsAvailable)
        {
            throw new AudioDeviceException(
                "a microphone needs libasound.so.2, which is not installed (Debian, Raspberry Pi OS, Ubuntu: apt-get install libasound2t64, "
                + "or libasound2 on releases before 2024)");
        }

        AlsaLibrary.Silence();
        int status = AlsaLibrary.Open(out nint handle, device, AlsaLibrary.CaptureStream, AlsaLibrary.NonBlocking);
        if (status < 0)
        {
            throw new AudioDeviceException($"cannot open the microphone '{device}': {AlsaLibrary.Describe(status)}");
        }

        var pcm = new AlsaPcm(handle);
        try
        {
            foreach (int rate in (ReadOnlySpan<int>)[sampleRate, 16000, 48000, 44100, 32000])
            {
                for (int channels = 1; channels <= 2; channels++)
                {
                    status = AlsaLibrary.SetParameters(
                        handle, AlsaLibrary.Signed16LittleEndian, AlsaLibrary.Interleaved, (uint)channels, (uint)rate, softResample: 1, LatencyMicroseconds);
                    if (status >= 0)
                    {
                        return new AlsaCapture(device, pcm, rate, channels, stop);
                    }
                }
            }
        }
        catch
        {
            pcm.Dispose();
            throw;
        }

        pcm.Dispose();
        throw new AudioDeviceException(
            $"the microphone '{device}' offers no 16-bit mono or stereo at {sampleRate}, 16000, 48000, 44100 or 32000 Hz: {AlsaLibrary.Describe(status)}");
    }

    /// <inheritdoc/>
    /// <remarks>Allocates nothing.</remarks>
    /// <exception cref="ArgumentException"><paramref name="interleaved"/> is shorter than one frame.</exception>
    /// <exception cref="ObjectDisposedException">The capture is closed.</exception>
    /// <exception cref="OperationCanceledException">The token given to <see cref="Open"/> was cancelled.</exception>
    /// <exception cref="AudioDeviceException">The device has failed and cannot be recovered, for example because it was unplugged.</exception>
    public int Read(Span<float> interleaved)
    {
        IAlsaPcm? pcm = _pcm;
        ObjectDisposedException.ThrowIf(pcm is null, this);
        int frames = Math.Min(interleaved.Length / Channels, FramesPerRead);
        if (frames == 0)
        {
            throw new ArgumentException($"The buffer has {interleaved.Length} samples; allowed: at least {Channels}, one frame.", nameof(interleaved));
        }

        while (true)
        {
            _stop.ThrowIfCancellationRequested();
            int got = pcm.Wait(WaitMilliseconds);
            if (got > 0)
            {
                got = pcm.Read(_buffer, frames);
            }

            if (got > 0)
            {
                Convert(_buffer.AsSpan(0, got * Channels), interleaved);
                return got;
            }

            if (got is not (0 or -Interrupted or -TryAgain))
            {
                Recover(pcm, got);
            }
        }
    }

    /// <summary>Closes the device; safe to call more than once.</summary>
    public void Dispose() => Interlocked.Exchange(ref _pcm, null)?.Dispose();

    private static void Convert(ReadOnlySpan<short> samples, Span<float> destination)
    {
        for (int i = 0; i < samples.Length; i++)
        {
            destination[i] = samples[i] * (1f / 32768);
        }
    }

    private void Start(IAlsaPcm pcm)
    {
        int status = pcm.Start();
        if (status is < 0 and not -BadState)
        {
            throw Failure("does not start", status);
        }
    }

    private void Recover(IAlsaPcm pcm, int error)
    {
        int status = error is -Overrun or -Suspended ? pcm.Recover(error) : error;
        if (status < 0)
        {
            throw Failure("failed", status);
        }

        Overruns++;
        Start(pcm); // recovery prepares the device but leaves it stopped
    }

    private AudioDeviceException Failure(string what, int status) => new(status == -NoDevice
        ? $"the microphone '{_device}' is gone: it was unplugged or switched off"
        : $"the microphone '{_device}' {what}: {AlsaLibrary.Describe(status)}");
}
