using System.Globalization;
using Seq.Embedded.Audio;

namespace KeywordSpotter.Input;

/// <summary>
/// A microphone that may go and come back: unplugged, switched off, or with a driver that hangs or gives nothing but zeros. It is opened anew
/// after pauses that grow, and each change of state is told once. Only monotonic time is used. Reading allocates nothing while it is there.
/// </summary>
internal sealed class MicrophoneSource : IAudioSource
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_longestRead = TimeSpan.FromSeconds(1);

    /// <summary>A device that works for so long is sound: if it goes again, it is looked for at once.</summary>
    private static readonly TimeSpan s_stable = TimeSpan.FromSeconds(30);

    /// <summary>Zeros for so long mean a muted microphone, or a driver that has lost its device without noticing.</summary>
    private static readonly TimeSpan s_firstMute = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_longestMute = TimeSpan.FromHours(1);

    private readonly Func<AlsaCapture> _open;
    private readonly Action<string> _report;
    private readonly TimeProvider _time;
    private readonly Action<TimeSpan> _sleep;
    private readonly CancellationToken _stop;
    private AlsaCapture? _capture;
    private TimeSpan _pause = s_firstPause;
    private long _heardAt;    // time stamps: of the last audio,
    private long _triedAt;    // of the last attempt to open it,
    private long _openedAt;   // of the last one that succeeded,
    private long _zerosSince; // of the last audio that was not all zeros
    private TimeSpan _mute = s_firstMute; // zeros for so long: opened anew
    private bool _isMuted;
    private long _overrunsBefore; // of captures that are closed
    private long _droppedBefore;
    private double _secondsAway;

    /// <summary>Opens the microphone.</summary>
    /// <param name="device">What messages call it.</param>
    /// <param name="open">Opens it; called anew after each loss.</param>
    /// <param name="wait">Whether to wait for it if it is not there yet, instead of failing.</param>
    /// <param name="report">Receives a line for each change of state.</param>
    /// <param name="stop">Ends a <see cref="Read"/> that waits.</param>
    /// <param name="time">The clock; null: the system's.</param>
    /// <param name="sleep">Waits, no longer than told; null: until <paramref name="stop"/> at the latest.</param>
    /// <exception cref="AudioDeviceException">It is not there, and <paramref name="wait"/> is false.</exception>
    public MicrophoneSource(
        string device,
        Func<AlsaCapture> open,
        bool wait,
        Action<string> report,
        CancellationToken stop,
        TimeProvider? time = null,
        Action<TimeSpan>? sleep = null)
    {
        Device = device;
        _open = open;
        _report = report;
        _stop = stop;
        _time = time ?? TimeProvider.System;
        _sleep = sleep ?? (span => stop.WaitHandle.WaitOne(span));
        _heardAt = _time.GetTimestamp();
        try
        {
            Open();
        }
        catch (AudioDeviceException exception) when (wait)
        {
            Lose(exception.Message);
        }
    }

    public string Device { get; }

    /// <summary>Of the device that was opened last; 0 before the first.</summary>
    public int SampleRate { get; private set; }

    /// <summary>Of the device that was opened last; 0 before the first.</summary>
    public int Channels { get; private set; }

    public bool HasEnded => false;

    /// <summary>Whether the microphone is gone at present.</summary>
    public bool IsAway { get; private set; }

    /// <summary>How often it was gone.</summary>
    public int Losses { get; private set; }

    /// <summary>How often audio was lost because it was not read in time.</summary>
    public long Overruns => _overrunsBefore + (_capture?.Overruns ?? 0);

    /// <summary>Frames lost so.</summary>
    public long DroppedFrames => _droppedBefore + (_capture?.DroppedFrames ?? 0);

    /// <summary>Seconds of audio that were lost, so or because the microphone was gone.</summary>
    public double LostSeconds =>
        ((double)DroppedFrames / Math.Max(1, SampleRate)) + _secondsAway + (IsAway ? _time.GetElapsedTime(_heardAt).TotalSeconds : 0);

    /// <summary>Frames, or 0 where the device was just lost (it says so, or gives none for some seconds) or opened anew.</summary>
    /// <exception cref="OperationCanceledException">The program was asked to stop.</exception>
    public int Read(Span<float> interleaved)
    {
        _stop.ThrowIfCancellationRequested();
        if (_capture is null)
        {
            Reopen();
            return 0;
        }

        int frames;
        try
        {
            frames = _capture.Read(interleaved);
        }
        catch (AudioDeviceException exception)
        {
            Lose(exception.Message);
            return 0;
        }

        if (IsAway)
        {
            Return(frames);
        }
        else if (_pause > s_firstPause && _time.GetElapsedTime(_openedAt) >= s_stable)
        {
            _pause = s_firstPause;
        }

        _heardAt = _time.GetTimestamp();
        return CheckMuted(interleaved[..(frames * Channels)]) ? 0 : frames;
    }

    public void Dispose() => Close();

    private void Open()
    {
        _triedAt = _time.GetTimestamp();
        _capture = _open();
        SampleRate = _capture.SampleRate;
        Channels = _capture.Channels;
        _openedAt = _time.GetTimestamp();
        _zerosSince = _openedAt;
    }

    private void Close()
    {
        _overrunsBefore = Overruns;
        _droppedBefore = DroppedFrames;
        _capture?.Dispose();
        _capture = null;
    }

    private void Reopen()
    {
        TimeSpan rest = _pause - _time.GetElapsedTime(_triedAt);
        if (rest > TimeSpan.Zero)
        {
            _sleep(rest < s_longestRead ? rest : s_longestRead);
            return;
        }

        _pause = Longer(_pause, s_longestPause);
        try
        {
            Open();
        }
        catch (AudioDeviceException)
        {
            // Told when it went.
        }
    }

    private void Lose(string reason)
    {
        Close();
        _triedAt = _time.GetTimestamp();
        if (!IsAway)
        {
            IsAway = true;
            Losses++;
            _report($"{reason}; waiting for it to return");
        }
    }

    private void Return(int frames)
    {
        IsAway = false;
        double away = Math.Max(0, _time.GetElapsedTime(_heardAt).TotalSeconds - ((double)frames / SampleRate)); // which it has recorded meanwhile
        _secondsAway += away;
        _report(string.Create(CultureInfo.InvariantCulture, $"the microphone '{Device}' is back after {away:0.0} s"));
    }

    /// <summary>Opens a device that has given nothing but zeros for long anew, ever more seldom. Nothing is reset by it: some microphones
    /// send zeros in every silence.</summary>
    /// <returns>Whether it was opened anew.</returns>
    private bool CheckMuted(ReadOnlySpan<float> samples)
    {
        if (samples.ContainsAnyExcept(0f))
        {
            _zerosSince = _time.GetTimestamp();
            _mute = s_firstMute;
            return false;
        }

        if (_time.GetElapsedTime(_zerosSince) < _mute)
        {
            return false;
        }

        if (!_isMuted)
        {
            _isMuted = true; // once: what mutes itself in silence would say so for ever
            _report(string.Create(
                CultureInfo.InvariantCulture,
                $"the microphone '{Device}' has given nothing but zeros for {_mute.TotalSeconds} s: is it muted?"));
        }

        _mute = Longer(_mute, s_longestMute);
        Close();
        try
        {
            Open();
        }
        catch (AudioDeviceException exception)
        {
            Lose(exception.Message);
        }

        return true;
    }

    private static TimeSpan Longer(TimeSpan pause, TimeSpan longest) => pause * 2 < longest ? pause * 2 : longest;
}
