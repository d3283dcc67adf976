using System.Buffers.Binary;
using System.Globalization;

namespace Seq.Embedded.Audio;

/// <summary>
/// A microphone through ALSA (libasound), with half a second of buffer. When the program was too slow and the
/// device overran, or the machine was suspended, capturing goes on and what was lost is counted.
/// </summary>
/// <remarks>
/// The wanted rate is asked for in as few channels as will do; from a device that does not have it, a rate that it has itself is taken, so
/// <see cref="SampleRate"/> and <see cref="Channels"/> tell what was got. Any format of ALSA that <see cref="WavEncoding"/> can say will do.
/// The device is started explicitly: snd_pcm_set_params lets it start by itself only on a read of the whole buffer.
/// Only monotonic time is used, so setting the clock changes nothing.
/// </remarks>
public sealed class AlsaCapture : IAudioSource
{
    /// <summary>How long a device that runs may deliver nothing before it counts as failed.</summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(5);

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
    private readonly AlsaFormat _format;
    private readonly byte[] _buffer;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stop;
    private IAlsaPcm? _pcm;
    private long _emptiedAt;       // time stamp at which all that the device had was read
    private long _framesSinceThen;

    /// <summary>Takes over a PCM whose parameters are set, and starts it.</summary>
    internal AlsaCapture(string device, IAlsaPcm pcm, AlsaSettings settings, CancellationToken stop, TimeProvider? time = null)
    {
        _device = device;
        _pcm = pcm;
        _stop = stop;
        _time = time ?? TimeProvider.System;
        _format = settings.Format;
        SampleRate = settings.SampleRate;
        Channels = settings.Channels;
        _buffer = new byte[FramesPerRead * settings.BytesPerFrame];
        Start(pcm);
    }

    /// <summary>Whether libasound can be loaded on this machine.</summary>
    public static bool IsAvailable => AlsaLibrary.IsAvailable;

    /// <inheritdoc/>
    public int SampleRate { get; }

    /// <inheritdoc/>
    public int Channels { get; }

    /// <summary>Never: a microphone that is gone is an <see cref="AudioDeviceException"/>.</summary>
    public bool HasEnded => false;

    /// <summary>The device's sample format by its name in ALSA, such as <c>S16_LE</c>.</summary>
    public string Format => _format.Name;

    /// <summary>How often audio was lost because it was not read in time (or the machine was suspended).</summary>
    public long Overruns { get; private set; }

    /// <summary>How many frames were lost so, by the monotonic clock: it stands still while the machine is suspended.</summary>
    public long DroppedFrames { get; private set; }

    /// <summary>Opens a capture device and starts capturing.</summary>
    /// <param name="device">ALSA name, such as <c>default</c>, <c>plughw:1,0</c> or the name of a PCM in asound.conf.</param>
    /// <param name="sampleRate">Wanted rate in Hz.</param>
    /// <param name="stop">Ends a <see cref="Read"/> that waits for audio, within 0.2 s.</param>
    /// <param name="channel">Which channel is needed, from 0 on, so that the device is opened with more channels than that; null to get as few
    /// as it offers, which a device that converts (<c>plughw:</c>) mixes from all that it has.</param>
    /// <exception cref="ArgumentException"><paramref name="device"/> is null or empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="sampleRate"/> is not positive, or <paramref name="channel"/> is not 0 to 31.</exception>
    /// <exception cref="AudioDeviceException">libasound is missing, or the device does not exist, is busy, offers no usable format or does not start.</exception>
    public static AlsaCapture Open(string device, int sampleRate, CancellationToken stop = default, int? channel = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(device);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampleRate);
        ArgumentOutOfRangeException.ThrowIfNegative(channel ?? 0, nameof(channel));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(channel ?? 0, AlsaNegotiation.MaxChannels, nameof(channel));
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
            throw new AudioDeviceException($"cannot open the microphone '{device}': {AlsaLibrary.Describe(status)}; {DescribeDevices()}");
        }

        var pcm = new AlsaPcm(handle);
        try
        {
            AlsaSettings settings = Configure(device, handle, sampleRate, channel);
            return new AlsaCapture(device, pcm, settings, stop);
        }
        catch
        {
            pcm.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <remarks>Waits until there is audio. Allocates nothing.</remarks>
    /// <exception cref="ArgumentException"><paramref name="interleaved"/> is shorter than one frame.</exception>
    /// <exception cref="ObjectDisposedException">The capture is closed.</exception>
    /// <exception cref="OperationCanceledException">The token given to <see cref="Open"/> was cancelled.</exception>
    /// <exception cref="AudioDeviceException">The device has failed and cannot be recovered, for example because it was unplugged,
    /// or has delivered nothing for <see cref="LongestSilence"/>. It may be opened anew.</exception>
    public int Read(Span<float> interleaved)
    {
        IAlsaPcm? pcm = _pcm;
        ObjectDisposedException.ThrowIf(pcm is null, this);
        int frames = Math.Min(interleaved.Length / Channels, FramesPerRead);
        if (frames == 0)
        {
            throw new ArgumentException($"The buffer has {interleaved.Length} samples; allowed: at least {Channels}, one frame.", nameof(interleaved));
        }

        long began = _time.GetTimestamp();
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
                Count(got, isAll: got < frames);
                Convert(got * Channels, interleaved);
                return got;
            }

            if (got is not (0 or -Interrupted or -TryAgain))
            {
                Recover(pcm, got);
            }

            if (_time.GetElapsedTime(began) >= LongestSilence)
            {
                throw new AudioDeviceException(string.Create(
                    CultureInfo.InvariantCulture, $"the microphone '{_device}' has delivered nothing for {LongestSilence.TotalSeconds} s"));
            }
        }
    }

    /// <summary>Closes the device; safe to call more than once.</summary>
    public void Dispose() => Interlocked.Exchange(ref _pcm, null)?.Dispose();

    private static AlsaSettings Configure(string device, nint handle, int sampleRate, int? channel)
    {
        // A device that converts makes one channel by mixing, but leaves channels alone when it is asked for two.
        int fewest = channel is { } chosen ? Math.Max(2, chosen + 1) : 1;
        AlsaSettings? settings = Choose(handle, sampleRate, fewest, convertRates: false) ?? Choose(handle, sampleRate, fewest, convertRates: true);
        if (settings is null && channel == 0)
        {
            settings = Choose(handle, sampleRate, 1, convertRates: false) ?? Choose(handle, sampleRate, 1, convertRates: true);
        }

        if (settings is not { } found)
        {
            throw new AudioDeviceException(channel is null
                ? $"the microphone '{device}' offers no format and rate that can be used"
                : $"the microphone '{device}' offers no channel {channel + 1}, or no format and rate that can be used");
        }

        // Sets the sizes of buffer and period, too, and falls back to others where the device has limits.
        int status = SetParameters(handle, found, convertRates: false);
        status = status < 0 ? SetParameters(handle, found, convertRates: true) : status;
        return status >= 0 ? found : throw new AudioDeviceException(
            $"the microphone '{device}' does not start with {found.Format.Name}, {found.Channels} channels, {found.SampleRate} Hz: {AlsaLibrary.Describe(status)}");
    }

    private static AlsaSettings? Choose(nint handle, int sampleRate, int fewestChannels, bool convertRates)
    {
        using var offer = new AlsaParameters(handle, convertRates);
        return AlsaNegotiation.Choose(offer, sampleRate, fewestChannels);
    }

    private static int SetParameters(nint handle, AlsaSettings settings, bool convertRates) => AlsaLibrary.SetParameters(
        handle,
        settings.Format.Code,
        AlsaLibrary.Interleaved,
        (uint)settings.Channels,
        (uint)settings.SampleRate,
        convertRates ? 1 : 0,
        LatencyMicroseconds);

    private static string DescribeDevices()
    {
        IReadOnlyList<AudioDevice> devices = AlsaDevices.List();
        return devices.Count == 0
            ? "there is no microphone on this machine"
            : "there is " + string.Join(", ", devices.Select(device => device.Name));
    }

    private void Convert(int samples, Span<float> destination)
    {
        Span<byte> stored = _buffer.AsSpan(0, samples * (_format.Bits / 8));
        if (_format.Shift > 0)
        {
            for (int i = 0; i < stored.Length; i += sizeof(int))
            {
                BinaryPrimitives.WriteInt32LittleEndian(stored[i..], BinaryPrimitives.ReadInt32LittleEndian(stored[i..]) << _format.Shift);
            }
        }

        SampleDecoder.Decode(stored, _format.Encoding, _format.Bits, destination);
    }

    private void Start(IAlsaPcm pcm)
    {
        int status = pcm.Start();
        if (status is < 0 and not -BadState)
        {
            throw Failure("does not start", status);
        }

        Count(0, isAll: true);
    }

    /// <summary>Keeps the time since which the device has been recording what has not been read.</summary>
    private void Count(int frames, bool isAll)
    {
        _framesSinceThen += frames;
        if (isAll)
        {
            _emptiedAt = _time.GetTimestamp();
            _framesSinceThen = 0;
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
        double recorded = _time.GetElapsedTime(_emptiedAt).TotalSeconds * SampleRate;
        DroppedFrames += Math.Max(0, (long)recorded - _framesSinceThen);
        Start(pcm); // recovery prepares the device but leaves it stopped
    }

    private AudioDeviceException Failure(string what, int status) => new(status == -NoDevice
        ? $"the microphone '{_device}' is gone: it was unplugged or switched off"
        : $"the microphone '{_device}' {what}: {AlsaLibrary.Describe(status)}");
}
