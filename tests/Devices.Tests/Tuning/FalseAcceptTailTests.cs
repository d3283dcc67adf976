using KeywordSpotter.Tuning;

namespace KeywordSpotter.Tests.Tuning;

public sealed class FalseAcceptTailTests
{
    [Fact]
    public void ThresholdFor_continues_an_exponential_tail_beyond_what_was_seen()
    {
        // Logits of 2,000 pieces in an hour, exponential with mean 1: rate(x) = 2,000 exp(-x), which is 0.5 at x = ln 4000.
        float[] peaks = [.. Enumerable.Range(0, 2000).Select(i => Score(-Math.Log((i + 0.5) / 2000)))];

        var tail = new FalseAcceptTail(peaks, 1);

        float threshold = tail.ThresholdFor(0.5);
        Assert.InRange(Math.Log(threshold / (1 - threshold)), Math.Log(4000) - 0.3, Math.Log(4000) + 0.3);
        Assert.InRange(tail.RateAt(threshold), 0.49, 0.51);
        Assert.True(tail.RateAt(0.9f) > tail.RateAt(0.99f));
    }

    [Fact]
    public void ThresholdFor_without_any_peak_is_a_half() => Assert.Equal(0.5f, new FalseAcceptTail([], 1).ThresholdFor(0.5));

    private static float Score(double logit) => (float)(1 / (1 + Math.Exp(-logit)));
}
