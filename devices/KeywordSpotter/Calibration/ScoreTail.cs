using KeywordSpotter.Evaluation;

namespace KeywordSpotter.Calibration;

/// <summary>
/// How often the score of a keyword reaches a threshold where it is not spoken: counted as far as enough peaks were heard, and beyond continued as the
/// tail that they have.
/// </summary>
/// <remarks>
/// <para>Over the log-odds y = ln(p / (1 - p)) the peaks above a high enough place u come at a rate and with excesses y - u that are about exponential
/// (the odds themselves have a Pareto tail). With m such peaks in H hours and the sum S of their excesses, and all that they leave open about rate and slope averaged over
/// (gamma distributions for both), the rate to be expected above y is
/// <code>r(y) = (m + 1) / H x (1 + (y - u) / (S + n b))^-(m + n)</code>
/// where n peaks of mean excess b stand for what other rooms and keywords were like. So few peaks, or few hours, give a higher threshold by themselves.</para>
/// <para>u is the place of the peak after the highest <see cref="MostInTail"/>, or the lowest score that counts as a peak. Below it the (j+1)-th highest
/// peak is the place with an expected rate of (j + 1) / H.</para>
/// </remarks>
internal sealed class ScoreTail
{
    /// <summary>The lowest score that counts as a peak.</summary>
    public const float LeastScore = 0.05f;

    /// <summary>Peaks that decide how the tail goes on.</summary>
    public const int MostInTail = 30;

    private const double UsualExcess = 1.2; // b
    private const double UsualPeaks = 6; // n

    private readonly double[] _peaks; // log-odds, the highest first
    private readonly double _hours;
    private readonly double _start; // u
    private readonly int _count; // m
    private readonly double _sum; // S + n b

    /// <param name="peaks">Scores of the peaks, in any order.</param>
    /// <param name="hours">How long was listened; above 0.</param>
    public ScoreTail(IEnumerable<float> peaks, double hours)
    {
        _peaks = [.. peaks.Where(score => score >= LeastScore).Select(score => ScorePeaks.LogOdds(score)).OrderDescending()];
        _hours = hours;
        _count = Math.Min(MostInTail, _peaks.Length);
        _start = _peaks.Length > MostInTail ? _peaks[MostInTail] : ScorePeaks.LogOdds(LeastScore);
        _sum = (UsualExcess * UsualPeaks) + _peaks[.._count].Sum(peak => peak - _start);
    }

    /// <summary>The rate to be expected at a threshold, per hour.</summary>
    public double RateAt(double threshold)
    {
        double place = ScorePeaks.LogOdds(threshold);
        return place >= _start
            ? (_count + 1) / _hours * Math.Pow(1 + ((place - _start) / _sum), -(_count + UsualPeaks))
            : (Array.FindAll(_peaks, peak => peak >= place).Length + 1) / _hours;
    }

    /// <summary>The lowest threshold with no more than an expected rate per hour; at least <see cref="LeastScore"/>.</summary>
    public double ThresholdFor(double rate)
    {
        double peaks = rate * _hours;
        if (peaks >= _count + 1)
        {
            int index = (int)Math.Min(peaks - 1, int.MaxValue);
            return index < _peaks.Length ? ScorePeaks.FromLogOdds(_peaks[index]) : LeastScore;
        }

        return ScorePeaks.FromLogOdds(_start + (_sum * (Math.Pow((_count + 1) / peaks, 1 / (_count + UsualPeaks)) - 1)));
    }
}
