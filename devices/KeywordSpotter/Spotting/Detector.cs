namespace KeywordSpotter.Spotting;

/// <summary>
/// Turns smoothed posteriors into one detection per spoken word.
/// A keyword that reaches its threshold opens an event. The event follows the highest score until the score stops rising,
/// falls below the threshold or 0.3 s have passed; then it is reported with the highest score. The end of the word is the
/// step that first passed half of it, so that a plateau after the word does not move it. After a report the same keyword is
/// not reported for the refractory time and others not for 0.4 s, so that two words said in a row are both heard; and
/// none before its score has once been below its threshold since, for what is high still is high because of the same word.
/// Allocates nothing per step.
/// </summary>
internal sealed class Detector
{
    private const double LongestEventSeconds = 0.3;
    private const double SettleSeconds = 0.1;
    private const double OtherRefractorySeconds = 0.4;
    private const int History = 32; // steps to look back for the end of a word
    private const float Rise = 1.1f; // a score that rises by less than a tenth counts as settled

    private readonly float[] _thresholds;
    private readonly bool[] _blocked; // not below its threshold since the last report
    private readonly long[] _quietUntil; // step before which a keyword is not reported
    private readonly float[] _recent; // ring of (History, keywords)
    private readonly int _warmUpSteps;
    private readonly int _refractorySteps;
    private readonly int _otherRefractorySteps;
    private readonly int _longestEvent;
    private readonly int _settleSteps;

    private long _step;
    private long _opened;
    private int _keyword; // of the open event, -1 when there is none
    private float _peak;
    private long _peakStep;
    private float _settledScore;
    private long _settled; // step since which the score has not risen by a tenth

    public Detector(DetectorSettings settings, double secondsPerStep)
    {
        _thresholds = [.. settings.Thresholds];
        _blocked = new bool[_thresholds.Length];
        _quietUntil = new long[_thresholds.Length];
        _recent = new float[History * _thresholds.Length];
        _warmUpSteps = settings.WarmUpSteps;
        _refractorySteps = (int)Math.Round(settings.RefractorySeconds / secondsPerStep);
        _otherRefractorySteps = (int)Math.Round(Math.Min(OtherRefractorySeconds, settings.RefractorySeconds) / secondsPerStep);
        _longestEvent = Math.Max(1, (int)Math.Round(LongestEventSeconds / secondsPerStep));
        _settleSteps = Math.Max(1, (int)Math.Round(SettleSeconds / secondsPerStep));
        Reset();
    }

    /// <summary>Starts again at step 0.</summary>
    public void Reset()
    {
        Array.Clear(_blocked);
        Array.Clear(_quietUntil);
        Array.Clear(_recent);
        _step = 0;
        _keyword = -1;
    }

    /// <summary>Goes on after steps without a keyword that nobody has looked at; no event may be open.</summary>
    public void Skip(long steps)
    {
        Array.Clear(_blocked);
        for (long step = Math.Max(_step, _step + steps - History); step < _step + steps; step++)
        {
            Recent(step).Clear();
        }

        _step += steps;
    }

    /// <summary>Takes the smoothed posteriors of one step (output 0 is background, keyword k is output k + 1).</summary>
    /// <returns>True when an event has ended with this step.</returns>
    public bool Push(ReadOnlySpan<float> smoothed, out Detection detection)
    {
        ReadOnlySpan<float> scores = smoothed.Slice(1, _thresholds.Length);
        long step = _step++;
        scores.CopyTo(Recent(step));
        for (int keyword = 0; keyword < scores.Length; keyword++)
        {
            _blocked[keyword] &= scores[keyword] >= _thresholds[keyword];
        }

        if (step >= _warmUpSteps)
        {
            Follow(scores, step);
        }

        bool ended = _keyword >= 0
            && (scores[_keyword] < _thresholds[_keyword] || step - _settled >= _settleSteps || step - _opened >= _longestEvent);
        return ended ? Report(out detection) : None(out detection);
    }

    /// <summary>Ends an open event because the audio has ended.</summary>
    public bool Finish(out Detection detection) => _keyword >= 0 ? Report(out detection) : None(out detection);

    private void Follow(ReadOnlySpan<float> scores, long step)
    {
        for (int keyword = 0; keyword < scores.Length; keyword++)
        {
            float score = scores[keyword];
            if (!(score >= _thresholds[keyword]) || _blocked[keyword] || step < _quietUntil[keyword] || (_keyword >= 0 && score <= _peak))
            {
                continue;
            }

            if (_keyword < 0)
            {
                _opened = step;
            }

            if (keyword != _keyword || score >= Rise * _settledScore)
            {
                _settled = step;
                _settledScore = score;
            }

            _keyword = keyword;
            _peak = score;
            _peakStep = step;
        }
    }

    private bool Report(out Detection detection)
    {
        long end = _peakStep;
        long earliest = Math.Max(0, _step - History);
        while (end > earliest && Recent(end - 1)[_keyword] >= _peak / 2)
        {
            end--;
        }

        detection = new Detection(end, _keyword, _peak);
        Array.Fill(_blocked, true); // all of them: other keywords that are high now are high because of the same word
        for (int keyword = 0; keyword < _quietUntil.Length; keyword++)
        {
            _quietUntil[keyword] = Math.Max(_quietUntil[keyword], end + (keyword == _keyword ? _refractorySteps : _otherRefractorySteps));
        }

        _keyword = -1;
        return true;
    }

    private Span<float> Recent(long step) => _recent.AsSpan((int)(step % History) * _thresholds.Length, _thresholds.Length);

    private static bool None(out Detection detection)
    {
        detection = default;
        return false;
    }
}
