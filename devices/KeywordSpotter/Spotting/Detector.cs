namespace KeywordSpotter.Spotting;

/// <summary>
/// Turns smoothed posteriors into one detection per spoken word.
/// A keyword that reaches its threshold opens an event. The event follows the highest score until the score stops rising,
/// falls below the threshold or 0.3 s have passed; then it is reported with the highest score. The end of the word is the
/// step that first came within a tenth of it, so that a plateau after the word does not move it. After a report nothing is
/// reported for the refractory time, and a keyword not before its score has once been below its threshold since.
/// Allocates nothing per step.
/// </summary>
internal sealed class Detector
{
    private const double LongestEventSeconds = 0.3;
    private const double SettleSeconds = 0.1;
    private const float Rise = 1.1f;

    private readonly float[] _thresholds;
    private readonly bool[] _blocked; // not below its threshold since the last report
    private readonly int _warmUpSteps;
    private readonly int _refractorySteps;
    private readonly int _longestEvent;
    private readonly int _settleSteps;

    private long _step;
    private long _quietUntil;
    private long _opened;
    private int _keyword; // of the open event, -1 when there is none
    private float _peak;
    private float _markScore;
    private long _mark;

    public Detector(DetectorSettings settings, double secondsPerStep)
    {
        _thresholds = [.. settings.Thresholds];
        _blocked = new bool[_thresholds.Length];
        _warmUpSteps = settings.WarmUpSteps;
        _refractorySteps = (int)Math.Round(settings.RefractorySeconds / secondsPerStep);
        _longestEvent = Math.Max(1, (int)Math.Round(LongestEventSeconds / secondsPerStep));
        _settleSteps = Math.Max(1, (int)Math.Round(SettleSeconds / secondsPerStep));
        Reset();
    }

    /// <summary>Starts again at step 0.</summary>
    public void Reset()
    {
        Array.Clear(_blocked);
        _step = 0;
        _quietUntil = 0;
        _keyword = -1;
    }

    /// <summary>Takes the smoothed posteriors of one step (output 0 is background, keyword k is output k + 1).</summary>
    /// <returns>True when an event has ended with this step.</returns>
    public bool Push(ReadOnlySpan<float> smoothed, out Detection detection)
    {
        ReadOnlySpan<float> scores = smoothed.Slice(1, _thresholds.Length);
        long step = _step++;
        for (int keyword = 0; keyword < scores.Length; keyword++)
        {
            _blocked[keyword] &= scores[keyword] >= _thresholds[keyword];
        }

        if (step >= _warmUpSteps && step >= _quietUntil)
        {
            Follow(scores, step);
        }

        bool ended = _keyword >= 0
            && (scores[_keyword] < _thresholds[_keyword] || step - _mark >= _settleSteps || step - _opened >= _longestEvent);
        return ended ? Report(out detection) : None(out detection);
    }

    /// <summary>Ends an open event because the audio has ended.</summary>
    public bool Finish(out Detection detection) => _keyword >= 0 ? Report(out detection) : None(out detection);

    private void Follow(ReadOnlySpan<float> scores, long step)
    {
        for (int keyword = 0; keyword < scores.Length; keyword++)
        {
            float score = scores[keyword];
            if (!(score >= _thresholds[keyword]) || _blocked[keyword] || (_keyword >= 0 && score <= _peak))
            {
                continue;
            }

            if (_keyword < 0)
            {
                _opened = step;
                _markScore = 0;
            }

            if (keyword != _keyword || score >= Rise * _markScore)
            {
                _mark = step;
                _markScore = score;
            }

            _keyword = keyword;
            _peak = score;
        }
    }

    private bool Report(out Detection detection)
    {
        detection = new Detection(_mark, _keyword, _peak);
        Array.Fill(_blocked, true); // all of them: other keywords that are high now are high because of the same word
        _quietUntil = _mark + _refractorySteps;
        _keyword = -1;
        return true;
    }

    private static bool None(out Detection detection)
    {
        detection = default;
        return false;
    }
}
