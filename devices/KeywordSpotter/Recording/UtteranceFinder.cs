using System.Numerics.Tensors;

namespace KeywordSpotter.Recording;

/// <summary>
/// Finds where something is said, by its energy alone: frames of 10 ms that are 9 dB above the room's floor for 60 ms open an utterance, and half a second
/// that is less than 6 dB above it ends it. The floor follows a quieter room at once and a louder one by 3 dB a second. One thread.
/// </summary>
internal sealed class UtteranceFinder
{
    /// <summary>What is kept around the speech, in seconds.</summary>
    public const double MarginSeconds = 0.3;

    /// <summary>Speech that goes on for longer is given up, in seconds: nobody says a keyword for so long.</summary>
    public const double MostSeconds = 3;

    private const double FrameSeconds = 0.01;
    private const double OpenDecibels = 9;
    private const double CloseDecibels = 6;
    private const double OpenSeconds = 0.06;
    private const double PauseSeconds = 0.5;
    private const double RiseDecibelsPerSecond = 3;
    private const double FirstFloor = -40; // until the room has been heard
    private const double LowestFloor = -90; // exact zeros of a gate must not make a breath loud

    private readonly int _rate;
    private readonly int _frame;
    private readonly int _margin;
    private readonly List<float> _audio = []; // from the margin before the speech on
    private readonly float[] _partial;
    private int _filled;
    private double _floor = FirstFloor;
    private int _frames; // heard
    private int _loud; // frames in a row that are loud, while nothing is open
    private int _quiet; // frames in a row that are quiet, while something is open
    private int _start = -1; // of the open utterance in _audio, -1 for none
    private bool _beginsLoud;

    /// <param name="sampleRate">Of the audio, in Hz.</param>
    public UtteranceFinder(int sampleRate)
    {
        _rate = sampleRate;
        _frame = Samples(FrameSeconds);
        _margin = Samples(MarginSeconds);
        _partial = new float[_frame];
    }

    /// <summary>RMS of the room, in dB below full scale.</summary>
    public double Floor => _floor;

    /// <summary>Whether something is being said.</summary>
    public bool IsOpen => _start >= 0;

    /// <summary>Consumes samples until an utterance is over (true) or all are consumed (false).</summary>
    /// <param name="samples">Mono, +-1; advanced past what was consumed.</param>
    /// <param name="utterance">What was said.</param>
    public bool TryNext(ref ReadOnlySpan<float> samples, out Utterance? utterance)
    {
        while (!samples.IsEmpty)
        {
            int count = Math.Min(samples.Length, _frame - _filled);
            samples[..count].CopyTo(_partial.AsSpan(_filled));
            samples = samples[count..];
            _filled += count;
            if (_filled < _frame)
            {
                break;
            }

            _filled = 0;
            if (Hear(_partial, out utterance))
            {
                return true;
            }
        }

        utterance = null;
        return false;
    }

    /// <summary>What was being said when the audio ended, or null.</summary>
    public Utterance? Finish() => IsOpen ? Close(endsLoud: _quiet * _frame < Samples(PauseSeconds / 2)) : null;

    private bool Hear(ReadOnlySpan<float> frame, out Utterance? utterance)
    {
        utterance = null;
        double level = Math.Max(LowestFloor, Decibels(TensorPrimitives.SumOfSquares(frame) / frame.Length));
        _frames++;
        _audio.AddRange(frame);
        double above = level - _floor;
        if (!IsOpen)
        {
            _floor = Math.Max(LowestFloor, Math.Min(level, _floor + (RiseDecibelsPerSecond * FrameSeconds)));
            _loud = above >= OpenDecibels ? _loud + 1 : 0;
            if (_loud * FrameSeconds < OpenSeconds)
            {
                Forget();
                return false;
            }

            _start = Math.Max(0, _audio.Count - (_loud * _frame));
            _beginsLoud = _frames <= _loud + 2;
            _quiet = 0;
            return false;
        }

        _quiet = above >= CloseDecibels ? 0 : _quiet + 1;
        bool over = _quiet * FrameSeconds >= PauseSeconds;
        if (!over && (_audio.Count - _start) < Samples(MostSeconds))
        {
            return false;
        }

        utterance = Close(endsLoud: !over);
        return true;
    }

    private Utterance Close(bool endsLoud)
    {
        int end = Math.Max(_start + _frame, _audio.Count - (_quiet * _frame));
        int from = Math.Max(0, _start - _margin);
        float[] samples = [.. _audio[from..Math.Min(_audio.Count, end + _margin)]];
        ReadOnlySpan<float> speech = samples.AsSpan(_start - from, end - _start);
        double peak = TensorPrimitives.MaxMagnitude(speech);
        var utterance = new Utterance(
            samples, _start - from, end - from, Decibels(peak * peak), Decibels(TensorPrimitives.SumOfSquares(speech) / speech.Length), _floor, _beginsLoud, endsLoud);
        _start = -1;
        _loud = 0;
        Forget();
        return utterance;
    }

    /// <summary>Keeps no more than the margin before what may begin.</summary>
    private void Forget()
    {
        int most = _margin + Samples(OpenSeconds) + _frame;
        if (_audio.Count > 2 * most)
        {
            _audio.RemoveRange(0, _audio.Count - most);
        }
    }

    private int Samples(double seconds) => (int)Math.Round(seconds * _rate);

    private static double Decibels(double power) => 10 * Math.Log10(Math.Max(power, 1e-12));
}
