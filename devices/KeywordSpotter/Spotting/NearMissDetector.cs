namespace KeywordSpotter.Spotting;

/// <summary>
/// Finds what nearly was a keyword: a score that reached <see cref="DetectorSettings.NearMissScores"/> and not the threshold, with no detection
/// of any keyword in the 0.75 s before or after it, for that would be the same word on its way up or down. Allocates nothing per step.
/// </summary>
internal sealed class NearMissDetector
{
    private const double ApartSeconds = 0.75;

    private readonly Detector _detector;
    private readonly float[] _thresholds;
    private readonly int _apart; // steps
    private long _step;
    private long _detected; // step of the last detection
    private Detection _waiting;
    private long _due; // step at which what waits is a near miss

    public NearMissDetector(DetectorSettings settings, double secondsPerStep)
    {
        _detector = new Detector(settings with { Thresholds = settings.NearMissScores }, secondsPerStep);
        _thresholds = [.. settings.Thresholds];
        _apart = (int)Math.Round(ApartSeconds / secondsPerStep);
        Reset();
    }

    /// <summary>Starts again at step 0.</summary>
    public void Reset()
    {
        _detector.Reset();
        _step = 0;
        _detected = -_apart - 1;
        Forget();
    }

    /// <summary>Goes on after steps without a keyword that nobody has looked at.</summary>
    public void Skip(long steps)
    {
        _detector.Skip(steps);
        _step += steps;
    }

    /// <summary>Takes the smoothed posteriors of one step.</summary>
    /// <param name="smoothed">Output 0 is background, keyword k is output k + 1.</param>
    /// <param name="found">Whether a keyword was detected in this step.</param>
    /// <param name="detection">That keyword; without one, receives a near miss where it is time to tell it.</param>
    /// <returns>True where there is a detection or a near miss.</returns>
    public bool Push(ReadOnlySpan<float> smoothed, bool found, ref Detection detection)
    {
        long step = _step++;
        bool near = _detector.Push(smoothed, out Detection candidate) && candidate.Score < _thresholds[candidate.Keyword];
        if (found)
        {
            _detected = step;
            Forget();
            return true;
        }

        if (near && step - _detected > _apart && (_due == long.MaxValue || candidate.Score > _waiting.Score))
        {
            _waiting = candidate;
            _due = Math.Min(_due, step + _apart);
        }

        return step >= _due && Finish(out detection);
    }

    /// <summary>Tells what is still waiting, because the audio has ended or its time has come.</summary>
    public bool Finish(out Detection detection)
    {
        bool waits = _due < long.MaxValue;
        detection = waits ? _waiting with { IsNearMiss = true } : default;
        Forget();
        return waits;
    }

    /// <summary>What waits was part of a keyword.</summary>
    public void Forget() => _due = long.MaxValue;
}
