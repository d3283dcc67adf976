using System.Runtime.InteropServices;

namespace Seq.Embedded.Audio;

/// <summary>
/// A microphone through ALSA (libasound): 16-bit samples, half a second of buffer. When the program was too slow and the
/// device overran, or the machine was suspended, capturing goes on and the gap is counted.
/// </summary>
/// <remarks>
/// The wanted rate is asked for in mono first; a device that does not offer it (a plain <c>hw:</c> device, say) is tried
/// at common rates in mono and stereo, so <see cref="SampleRate"/> and <see cref="Channels"/> tell what was got.
/// </remarks>
public sealed class AlsaCapture : IAudioSource
{
    private const uint LatencyMicroseconds = 500_000;
    private const int FramesPerRead = 1024;

    private readonly string _device;
    private readonly short[] _buffer;
    private nint _pcm;

    private AlsaCapture(string device, nint pcm, int sampleRate, int channels)
    {
        _device = device;
        _pcm = pcm;
        SampleRate = sampleRate;
        Channels = channels;
        _buffer = new short[FramesPerRead * channels];
    }

    /// <inheritdoc/>
    public int SampleRate { get; }

    /// <inheritdoc/>
    public int Channels { get; }

    /// <summary>How often audio was lost because it was not read in time (or the machine was suspended).</summary>
    public long Overruns { get; private set; }

    /// <summary>Opens a capture device.</summary>
    /// <param name="device">ALSA name, such as <c>default</c>, <c>plughw:1,0</c> or the name of a PCM in asound.conf.</param>
    /// <param name="sampleRate">Wanted rate in Hz.</param>
    /// <exception cref="ArgumentException"><paramref name="device"/> is null or empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="sampleRate"/> is not positive.</exception>
    /// <exception cref="AudioDeviceException">libasound is missing, or the device does not exist, is busy or offers no usable format.</exception>
    public static AlsaCapture Open(string device, int sampleRate)
    {
        ArgumentException.ThrowIfNullOrEmpty(device);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampleRate);
        if (!AlsaLibrary.IsAvailable)
        {
            throw new AudioDeviceException(
                "a microphone needs libasound.so.2, which is not installed (Debian, Raspberry Pi OS: apt-get install libasound2)");
        }

        int status = AlsaLibrary.Open(out nint pcm, device, AlsaLibrary.CaptureStream, mode: 0);
        if (status < 0)
        {
            throw new AudioDeviceException($"cannot open the microphone '{device}': {AlsaLibrary.Describe(status)}");
        }

        foreach (int rate in (ReadOnlySpan<int>)[sampleRate, 16000, 48000, 44100, 32000])
        {
            for (int channels = 1; channels <= 2; channels++)
            {
                status = AlsaLibrary.SetParameters(
                    pcm, AlsaLibrary.Signed16LittleEndian, AlsaLibrary.Interleaved, (uint)channels, (uint)rate, softResample: 1, LatencyMicroseconds);
                if (status >= 0)
                {
                    return new AlsaCapture(device, pcm, rate, channels);
                }
            }
        }

        AlsaLibrary.Close(pcm);
        throw new AudioDeviceException(
            $"the microphone '{device}' offers no 16-bit mono or stereo at {sampleRate}, 16000, 48000, 44100 or 32000 Hz: {AlsaLibrary.Describe(status)}");
    }

    /// <inheritdoc/>
    /// <remarks>Allocates nothing.</remarks>
    /// <exception cref="ArgumentException"><paramref name="interleaved"/> is shorter than one frame.</exception>
    /// <exception cref="ObjectDisposedException">The capture is closed.</exception>
    /// <exception cref="AudioDeviceException">The device has failed and cannot be recovered, for example because it was unplugged.</exception>
    public int Read(Span<float> interleaved)
    {
        ObjectDisposedException.ThrowIf(_pcm == 0, this);
        int frames = Math.Min(interleaved.Length / Channels, FramesPerRead);
        if (frames == 0)
        {
            throw new ArgumentException($"The buffer has {interleaved.Length} samples; allowed: at least {Channels}, one frame.", nameof(interleaved));
        }

        nint got;
        while ((got = AlsaLibrary.Read(_pcm, ref MemoryMarshal.GetArrayDataReference(_buffer), (nuint)frames)) < 0)
        {
            Overruns++;
            int status = AlsaLibrary.Recover(_pcm, (int)got, silent: 1);
            if (status < 0)
            {
                throw new AudioDeviceException($"the microphone '{_device}' failed: {AlsaLibrary.Describe(status)}");
            }
        }

        ReadOnlySpan<short> samples = _buffer.AsSpan(0, (int)got * Channels);
        for (int i = 0; i < samples.Length; i++)
        {
            interleaved[i] = samples[i] * (1f / 32768);
        }

        return (int)got;
    }

    /// <summary>Closes the device; safe to call more than once.</summary>
    public void Dispose()
    {
        nint pcm = Interlocked.Exchange(ref _pcm, 0);
        if (pcm != 0)
        {
            AlsaLibrary.Close(pcm);
        }
    }
}
