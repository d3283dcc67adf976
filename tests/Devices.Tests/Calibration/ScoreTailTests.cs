using KeywordSpotter.Calibration;
using KeywordSpotter.Evaluation;

namespace KeywordSpotter.Tests.Calibration;

public sealed class ScoreTailTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(5, 2)]
    [InlineData(200, 10)]
    public void ThresholdFor_and_RateAt_are_inverse_beyond_what_was_heard(int peaks, double hours)
    {
        var tail = new ScoreTail(Exponential(peaks, 1.5, 1), hours);

        foreach (double rate in new[] { 0.01, 0.1, 0.5 * Math.Min(1, peaks + 1) / hours })
        {
            Assert.Equal(rate, tail.RateAt(tail.ThresholdFor(rate)), rate * 1e-6);
        }
    }

    [Fact]
    public void ThresholdFor_rises_as_rate_or_evidence_fall()
    {
        double[] few = [.. new[] { 5, 1, 0.2, 0.04 }.Select(rate => new ScoreTail(Exponential(100, 1, 2), 20).ThresholdFor(rate))];
        Assert.Equal(few.Order(), few);

        // Nothing heard: the longer nothing, the lower.
        double[] silent = [.. new[] { 0.1, 1, 10, 100 }.Select(hours => new ScoreTail([], hours).ThresholdFor(0.1))];
        Assert.Equal(silent.OrderDescending(), silent);
        Assert.InRange(silent[0], 0.9, 1);
        Assert.InRange(silent[^1], 0, 0.1);
    }

    [Fact]
    public void ThresholdFor_a_rate_that_was_heard_lies_on_the_peak_that_has_it()
    {
        float[] peaks = [.. Enumerable.Range(0, 80).Select(i => 0.99f - (0.01f * i))];
        var tail = new ScoreTail(peaks, 10);

        // The 50th highest peak has an expected rate of 50 in 10 hours.
        Assert.Equal(peaks[49], tail.ThresholdFor(5), 1e-6);
        Assert.Equal(ScoreTail.LeastScore, tail.ThresholdFor(100));
        Assert.Equal(5, tail.RateAt(peaks[49] + 0.001), 0.11);
    }

    /// <summary>Over many rooms of one kind, thresholds let through what was promised, no matter how little was heard.</summary>
    [Theory]
    [InlineData(8, 0.5)]
    [InlineData(40, 0.5)]
    [InlineData(40, 5)]
    public void Promised_rate_is_the_mean_of_what_comes(int perHour, double rate)
    {
        const double excess = 1.1;
        double sum = 0;
        const int rooms = 400;
        for (int room = 0; room < rooms; room++)
        {
            Draws draws = Draws.For(5, (ulong)room, (ulong)perHour);
            int heard = 0;
            for (double time = Exponential(ref draws) / perHour; time < 1; time += Exponential(ref draws) / perHour)
            {
                heard++;
            }

            double threshold = new ScoreTail(Exponential(heard, excess, 100 + room), 1).ThresholdFor(rate);
            sum += perHour * Math.Exp(-(ScorePeaks.LogOdds(threshold) - ScorePeaks.LogOdds(ScoreTail.LeastScore)) / excess);
        }

        Assert.InRange(sum / rooms, rate * 0.6, rate * 1.4);
    }

    /// <summary>Scores whose log-odds exceed those of the least score by exponential amounts.</summary>
    private static float[] Exponential(int count, double excess, int seed)
    {
        Draws draws = Draws.For(4, (ulong)seed, (ulong)count);
        var scores = new float[count];
        for (int i = 0; i < count; i++)
        {
            scores[i] = (float)ScorePeaks.FromLogOdds(ScorePeaks.LogOdds(ScoreTail.LeastScore) + 1e-5 + (excess * Exponential(ref draws)));
        }

        return scores;
    }

    private static double Exponential(ref Draws draws) => -Math.Log(1 - draws.Unit());
}
