namespace KeywordSpotter.Tuning;

/// <summary>
/// How often scores without a keyword pass a threshold, also beyond the highest that was seen: above a high quantile u the logits x of the peaks fall off
/// exponentially, rate(x) = rate(u) exp(-(x - u) / m) with m the mean of what is above u. (The peaks-over-threshold method of extreme-value statistics.)
/// </summary>
internal sealed class FalseAcceptTail
{
    private const double TailPart = 0.05;
    private const int LeastInTail = 10;
    private const double LeastMean = 0.3; // of the excess, in nats: a handful of equal peaks proves no cliff
    private const double Clamp = 1e-6; // of a score, from 0 and 1

    private readonly double _start;
    private readonly double _mean;
    private readonly double _rate;

    /// <param name="peaks">The highest score in each piece of audio without the keyword.</param>
    /// <param name="hours">Length of all pieces.</param>
    public FalseAcceptTail(IReadOnlyList<float> peaks, double hours)
    {
        double[] logits = [.. peaks.Select(peak => Logit(peak)).OrderDescending()];
        int count = Math.Min(Math.Max(LeastInTail, (int)(TailPart * logits.Length)), logits.Length - 1);
        if (count <= 0)
        {
            (_start, _mean, _rate) = (Logit(0.5f), LeastMean, 0);
            return;
        }

        _start = logits[count];
        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += logits[i] - _start;
        }

        _mean = Math.Max(LeastMean, sum / count);
        _rate = count / hours;
    }

    /// <summary>The threshold that is passed so often in an hour.</summary>
    public float ThresholdFor(double falseAcceptsPerHour) => _rate == 0 ? 0.5f : Score(_start + (_mean * Math.Log(_rate / falseAcceptsPerHour)));

    /// <summary>How often in an hour a threshold is passed; above what was fitted an estimate, below it at least so often.</summary>
    public double RateAt(float threshold) => _rate * Math.Exp(-Math.Max(0, Logit(threshold) - _start) / _mean);

    private static double Logit(float score)
    {
        double part = Math.Clamp(score, Clamp, 1 - Clamp);
        return Math.Log(part / (1 - part));
    }

    private static float Score(double logit) => (float)(1 / (1 + Math.Exp(-logit)));
}
