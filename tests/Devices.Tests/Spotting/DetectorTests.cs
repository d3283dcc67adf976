using KeywordSpotter.Spotting;

namespace KeywordSpotter.Tests.Spotting;

public sealed class DetectorTests
{
    private const double Step = 0.02;

    private static readonly DetectorSettings s_settings = new() { Thresholds = [0.5f, 0.5f], WarmUpSteps = 5, RefractorySeconds = 1 };

    [Fact]
    public void Detector_reports_one_word_once_with_its_peak()
    {
        Detection detection = Assert.Single(Detect(Bump(200, at: 60, keyword: 0, peak: 0.9f)));

        Assert.Equal(0, detection.Keyword);
        Assert.Equal(0.9f, detection.Score);
        Assert.InRange(detection.Step, 57, 60);
    }

    [Fact]
    public void Detector_long_plateau_is_one_word_that_ends_at_its_start()
    {
        float[,] scores = new float[400, 2];
        for (int step = 50; step < 350; step++)
        {
            scores[step, 0] = 0.8f + (0.0001f * (step - 50));
        }

        Detection detection = Assert.Single(Detect(scores));
        Assert.Equal(50, detection.Step);
    }

    [Theory]
    [InlineData(0, 40, 1)] // 0.8 s: within the refractory time
    [InlineData(0, 70, 2)] // 1.4 s: after it
    [InlineData(1, 12, 1)] // 0.24 s: the same word, taken for two
    [InlineData(1, 30, 2)] // 0.6 s: another word that follows at once
    [InlineData(1, 70, 2)]
    public void Detector_second_word_counts_after_the_refractory_time(int keyword, int distance, int expected)
    {
        float[,] scores = Bump(300, at: 60, keyword: 0, peak: 0.9f);
        Add(scores, 60 + distance, keyword, peak: 0.9f);

        Assert.Equal(expected, Detect(scores).Count);
    }

    [Fact]
    public void Detector_other_word_between_does_not_shorten_the_refractory_time()
    {
        float[,] scores = Bump(300, at: 60, keyword: 0, peak: 0.9f);
        Add(scores, 82, keyword: 1, peak: 0.9f);
        Add(scores, 102, keyword: 0, peak: 0.9f); // 0.84 s after the first, 0.4 s after the second

        Assert.Equal([0, 1], Detect(scores).Select(detection => detection.Keyword));
    }

    [Fact]
    public void Detector_keyword_that_stays_high_from_the_same_word_is_not_reported()
    {
        float[,] scores = Bump(300, at: 60, keyword: 0, peak: 0.9f);
        for (int step = 58; step < 200; step++)
        {
            scores[step, 1] = 0.6f;
        }

        Assert.Equal(0, Assert.Single(Detect(scores)).Keyword);
    }

    [Fact]
    public void Detector_reports_the_keyword_with_the_higher_score()
    {
        float[,] scores = Bump(200, at: 60, keyword: 0, peak: 0.6f);
        Add(scores, 61, keyword: 1, peak: 0.95f);

        Detection detection = Assert.Single(Detect(scores));
        Assert.Equal((1, 0.95f), (detection.Keyword, detection.Score));
    }

    [Fact]
    public void Detector_ignores_the_warm_up()
    {
        float[,] scores = new float[100, 2];
        scores[1, 0] = scores[2, 0] = 1;

        Assert.Empty(Detect(scores));
    }

    [Fact]
    public void Detector_below_threshold_reports_nothing() =>
        Assert.Empty(Detect(Bump(200, at: 60, keyword: 0, peak: 0.49f)));

    [Fact]
    public void Detector_uses_the_threshold_of_each_keyword()
    {
        DetectorSettings settings = s_settings with { Thresholds = [0.9f, 0.3f] };
        float[,] scores = Bump(400, at: 60, keyword: 0, peak: 0.6f);
        Add(scores, 200, keyword: 1, peak: 0.6f);

        Assert.Equal(1, Assert.Single(Detect(scores, settings)).Keyword);
    }

    [Fact]
    public void Detector_reports_within_three_tenths_of_a_second()
    {
        // Rises without end: the worst case for waiting.
        var detector = new Detector(s_settings, Step);
        int step = 0;
        while (!detector.Push([0, Math.Min(1, 0.5f + (0.02f * (step - 20))), 0], out _))
        {
            step++;
        }

        Assert.InRange(step - 20, 0, 15);
    }

    [Fact]
    public void Detector_ignores_values_that_are_no_number()
    {
        float[,] scores = new float[100, 2];
        for (int step = 0; step < 100; step++)
        {
            scores[step, 0] = float.NaN;
        }

        Assert.Empty(Detect(scores));
    }

    [Fact]
    public void Detector_finish_reports_an_open_event()
    {
        var detector = new Detector(s_settings with { WarmUpSteps = 0 }, Step);

        Assert.False(detector.Push([0, 0.9f, 0], out _));
        Assert.True(detector.Finish(out Detection detection));
        Assert.Equal(new Detection(0, 0, 0.9f), detection);
        Assert.False(detector.Finish(out _));
    }

    [Fact]
    public void Detector_reset_forgets_the_refractory_time()
    {
        var detector = new Detector(s_settings with { WarmUpSteps = 0 }, Step);
        detector.Push([0, 0.9f, 0], out _);
        detector.Finish(out _);

        detector.Reset();
        detector.Push([0, 0.9f, 0], out _);

        Assert.True(detector.Finish(out _));
    }

    private static float[,] Bump(int steps, int at, int keyword, float peak)
    {
        var scores = new float[steps, 2];
        Add(scores, at, keyword, peak);
        return scores;
    }

    /// <summary>A score that rises and falls over 0.24 s.</summary>
    private static void Add(float[,] scores, int at, int keyword, float peak)
    {
        for (int offset = -6; offset <= 6; offset++)
        {
            scores[at + offset, keyword] = peak * (1 - (Math.Abs(offset) / 7f));
        }
    }

    private static List<Detection> Detect(float[,] scores, DetectorSettings? settings = null)
    {
        var detector = new Detector(settings ?? s_settings, Step);
        var found = new List<Detection>();
        for (int step = 0; step < scores.GetLength(0); step++)
        {
            if (detector.Push([1 - scores[step, 0] - scores[step, 1], scores[step, 0], scores[step, 1]], out Detection detection))
            {
                found.Add(detection);
            }
        }

        if (detector.Finish(out Detection last))
        {
            found.Add(last);
        }

        return found;
    }
}
