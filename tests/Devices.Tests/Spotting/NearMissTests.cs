using KeywordSpotter.Spotting;

namespace KeywordSpotter.Tests.Spotting;

public sealed class NearMissTests
{
    private const double Step = 0.02;

    private static readonly DetectorSettings s_settings = new() { Thresholds = [0.8f, 0.6f], WarmUpSteps = 5, RefractorySeconds = 1 };

    [Fact]
    public void NearMissScores_are_half_of_the_thresholds_unless_given_and_never_above_them()
    {
        Assert.Equal([0.4f, 0.3f], s_settings.NearMissScores);
        Assert.Equal([0.7f, 0.6f], (s_settings with { NearMiss = [0.7f, 0.7f] }).NearMissScores);
    }

    [Fact]
    public void Metadata_keep_the_scores_of_near_misses()
    {
        DetectorSettings settings = s_settings with { NearMiss = [0.25f, 0.5f] };

        Assert.Equal([0.25f, 0.5f], DetectorSettings.FromMetadata(settings.ToMetadata(), 2, "x").NearMiss!);
        Assert.Null(DetectorSettings.FromMetadata(s_settings.ToMetadata(), 2, "x").NearMiss);
    }

    [Theory]
    [InlineData(0.39f, false)]
    [InlineData(0.41f, true)]
    [InlineData(0.79f, true)]
    public void Score_below_the_threshold_is_a_near_miss_from_its_half_on(float peak, bool expected)
    {
        List<Detection> found = Detect((60, 0, peak));

        Assert.Equal(expected ? 1 : 0, found.Count);
        Assert.All(found, detection => Assert.Equal((true, 0, peak), (detection.IsNearMiss, detection.Keyword, detection.Score)));
    }

    [Theory]
    [InlineData(20)] // half a second before the word: its beginning
    [InlineData(-20)] // after it: its end
    public void Near_miss_beside_a_keyword_belongs_to_it(int before)
    {
        Detection detection = Assert.Single(Detect((80 - before, 1, 0.5f), (80, 0, 0.95f)));

        Assert.Equal((false, 0), (detection.IsNearMiss, detection.Keyword));
    }

    [Fact]
    public void Near_miss_long_before_and_after_a_keyword_is_told()
    {
        List<Detection> found = Detect((50, 1, 0.5f), (150, 0, 0.95f), (250, 1, 0.4f));

        Assert.Equal([true, false, true], found.Select(detection => detection.IsNearMiss));
    }

    [Fact]
    public void Finish_tells_a_near_miss_that_still_waits()
    {
        var detector = new NearMissDetector(s_settings, Step);
        Detection detection = default;
        for (int step = 0; step < 65; step++)
        {
            Assert.False(detector.Push([1, step is > 45 and < 52 ? 0.5f : 0, 0], found: false, ref detection));
        }

        Assert.True(detector.Finish(out detection));
        Assert.True(detection.IsNearMiss);
        Assert.False(detector.Finish(out _));
    }

    private static List<Detection> Detect(params (int At, int Keyword, float Peak)[] bumps)
    {
        var detector = new Detector(s_settings, Step);
        var nearMisses = new NearMissDetector(s_settings, Step);
        var found = new List<Detection>();
        var smoothed = new float[3];
        for (int step = 0; step < 400; step++)
        {
            Array.Clear(smoothed);
            foreach ((int at, int keyword, float peak) in bumps)
            {
                smoothed[keyword + 1] += Math.Max(0, peak * (1 - (Math.Abs(step - at) / 6f)));
            }

            bool hit = detector.Push(smoothed, out Detection detection);
            if (nearMisses.Push(smoothed, hit, ref detection))
            {
                found.Add(detection);
            }
        }

        return found;
    }
}
