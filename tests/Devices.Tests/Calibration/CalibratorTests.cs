using KeywordSpotter.Calibration;
using KeywordSpotter.Evaluation;
using KeywordSpotter.Spotting;
using Seq.Embedded.Audio;

namespace KeywordSpotter.Tests.Calibration;

/// <summary>Choices on tracks whose posteriors are made up: two keywords, 50 steps a second.</summary>
public sealed class CalibratorTests
{
    private const int StepsPerSecond = 50;

    [Fact]
    public void Choose_takes_the_rate_from_the_keyword_that_needs_it()
    {
        // The room is often near the first keyword and never near the second, whose clips have low scores.
        List<ReplayedItem> items = [Room(3600, 0, 60, 0.5f, length: 10), .. Clips(0, 20, 0.98f, 10), .. Clips(1, 20, 0.4f, 10)];
        SpotterModel model = Model(smoothing: 6);

        DetectorSettings chosen = new Calibrator(model, [.. items], 2, TestContext.Current.CancellationToken).Choose(2);
        Tally tally = Count(items, chosen);

        Assert.InRange(chosen.Thresholds[0], 0.5f, 0.98f);
        Assert.InRange(chosen.Thresholds[1], 0.1f, 0.4f);
        Assert.Equal((20, 20, 0), (tally.Detected[0], tally.Detected[1], tally.FalseAccepts));
    }

    [Fact]
    public void Choose_smooths_more_what_is_taken_for_a_keyword_for_a_short_time_only()
    {
        // Clips hold their score for 0.4 s; the room reaches the same score for 0.06 s.
        List<ReplayedItem> items = [Room(3600, 0, 100, 0.9f, length: 3), .. Clips(0, 20, 0.9f, 20), .. Clips(1, 20, 0.9f, 20)];
        SpotterModel model = Model(smoothing: 3);

        DetectorSettings chosen = new Calibrator(model, [.. items], 2, TestContext.Current.CancellationToken).Choose(1);

        Assert.InRange(chosen.SmoothingOf(0), 6, 16);
        Assert.Equal(3, chosen.SmoothingOf(1)); // nothing is gained
        Assert.Equal(0, Count(items, chosen).FalseAccepts);
        Assert.Equal(40, Count(items, chosen).Detected.Sum());
    }

    [Fact]
    public void Choose_smooths_less_what_is_short()
    {
        List<ReplayedItem> items = [Room(3600, 0, 100, 0.3f, length: 20), .. Clips(0, 20, 0.95f, 4), .. Clips(1, 20, 0.9f, 20)];

        DetectorSettings chosen = new Calibrator(Model(smoothing: 12), [.. items], 2, TestContext.Current.CancellationToken).Choose(1);

        Assert.InRange(chosen.SmoothingOf(0), 3, 6);
        Assert.Equal(12, chosen.SmoothingOf(1));
    }

    [Fact]
    public void Choose_without_clips_divides_equally_and_keeps_the_smoothing()
    {
        List<ReplayedItem> items = [Room(7200, 0, 60, 0.5f, length: 10)];
        SpotterModel model = Model(smoothing: 6);
        var calibrator = new Calibrator(model, [.. items], 2, TestContext.Current.CancellationToken);

        DetectorSettings chosen = calibrator.Choose(2);

        Assert.Equal([6], chosen.SmoothingSteps);
        Assert.True(chosen.Thresholds[0] > chosen.Thresholds[1]);
        Assert.InRange(calibrator.RateOf(0, chosen), 0.9, 1);
        Assert.Equal(Calibrator.LowestThreshold, chosen.Thresholds[1]); // nothing in the room comes near it: the lowest threshold has less than its part
        Assert.InRange(calibrator.RateOf(1, chosen), 0, 1);
    }

    [Fact]
    public void Create_shows_the_target_where_the_hours_are_enough_and_says_what_is_lacking_where_not()
    {
        ReplayedItem[] room = [Room(3600, 0, 30, 0.5f, length: 10), .. Clips(0, 10, 0.99f, 20), .. Clips(1, 10, 0.99f, 20)];

        CalibrationResult enough = Create(room, 5), few = Create(room, 0.1);

        Assert.True(enough.IsShown);
        Assert.Contains("5 per hour is shown", enough.Describe());
        Assert.False(few.IsShown);
        Assert.Contains("0.1 per hour is not shown. That takes 30.0 hours without any, or 47.4 with one", few.Describe());
        Assert.Equal(0, few.After.Tally.FalseAccepts);
        Assert.True(few.After.Settings.Thresholds[0] >= enough.After.Settings.Thresholds[0]);
        Assert.Contains(few.Points, few.IsChosen);
        Assert.Equal(few.Points.Select(point => point.Rate).Order(), few.Points.Select(point => point.Rate));
        Assert.Equal(few.Points.Count, few.Points.Select(point => string.Join(' ', point.Settings.Thresholds)).Distinct().Count());
        Assert.Same(few.After, few.Points.Single(few.IsChosen));
        Assert.InRange(few.After.Rate, 0, 0.1);
        double[] misses = [.. few.Points.Select(point => point.Tally.MissRate)];
        Assert.Equal(misses.OrderDescending(), misses);
    }

    [Fact]
    public void Create_raises_thresholds_until_the_hours_prove_the_target()
    {
        // Scores of a hundred peaks spread up to 0.97, in 2 hours: at 4 per hour expected 8 would be heard, at most 3 prove it.
        var posteriors = Silence(7200);
        for (int peak = 0; peak < 100; peak++)
        {
            Put(posteriors, 100 + (peak * 3000), 12, 0, (float)ScorePeaks.FromLogOdds(-2 + (0.055 * peak)));
        }

        CalibrationResult result = Create([Item(posteriors, 7200, -1), .. Clips(0, 5, 0.999f, 20), .. Clips(1, 5, 0.9f, 20)], 4);

        Assert.True(result.IsShown);
        Assert.InRange(result.After.Tally.FalseAccepts, 0, 3);
        Assert.Equal(10, result.After.Tally.Detected.Sum());
    }

    [Fact]
    public void Create_of_a_target_that_the_highest_thresholds_do_not_keep_says_so()
    {
        // The room has the keywords in it: 60 times an hour.
        ReplayedItem[] room = [Room(3600, 0, 60, 1, length: 20), Room(3600, 1, 60, 1, length: 20)];

        CalibrationResult result = Create(room, 0.1);

        Assert.True(result.IsOutOfReach);
        Assert.True(result.After.Rate > 0.1);
        Assert.Contains("0.1 per hour cannot be reached: even the highest thresholds", result.Describe());
        Assert.Contains("one: would need the highest threshold, 0.9999", CalibrationCheck.Refuse(result, ["one", "two"]));
    }

    [Fact]
    public void Create_of_a_room_below_a_minute_is_bad_input()
    {
        InputException none = Assert.Throws<InputException>(() => Create([Item([], 0, -1), .. Clips(0, 2, 0.9f, 20)], 1));
        InputException few = Assert.Throws<InputException>(() => Create([Item(Silence(59), 59, -1)], 1));

        Assert.Contains("0.0 seconds of room", none.Message);
        Assert.Contains("59.0 seconds of room were heard, so nothing can be chosen; allowed: a minute or more", few.Message);
    }

    [Fact]
    public void Refuse_names_what_is_lacking()
    {
        ReplayedItem[] quiet = [Item(Silence(360), 360, -1), .. Clips(0, 10, 0.9f, 20)], loud = [Room(3600, 0, 200, 0.95f, length: 20), .. Clips(0, 10, 0.6f, 20), .. Clips(1, 10, 0.9f, 20)];
        string[] keywords = ["one", "two"];

        Assert.Contains("0.10 hours of room are too few for 0.1 false accepts per hour; allowed: 0.5 hours or more, or a target of 0.5 or more", CalibrationCheck.Refuse(Create(quiet, 0.1), keywords));
        Assert.Null(CalibrationCheck.Refuse(Create(quiet, 20), keywords));
        Assert.Contains("one: 10 of 10 clips would be missed in place of 0", CalibrationCheck.Refuse(Create(loud, 1), keywords));
    }

    [Fact]
    public void Peaks_are_apart_and_highest_first()
    {
        var posteriors = Silence(10);
        Put(posteriors, 100, 1, 0, 0.5f);
        Put(posteriors, 120, 1, 0, 0.8f); // 0.4 s after the first
        Put(posteriors, 300, 5, 0, 0.6f);
        Put(posteriors, 200, 1, 1, 0.9f);

        Assert.Equal([(0.8f, 120), (0.6f, 300)], ScorePeaks.Find(posteriors, 3, 0, 0, StepsPerSecond, 0.05f));
        Assert.Equal([(0.6f, 300)], ScorePeaks.Find(posteriors, 3, 0, 150, StepsPerSecond, 0.05f));
        Assert.Equal(0.9f, ScorePeaks.Highest(posteriors, 3, 1, 0));
        Assert.Empty(ScorePeaks.Find(posteriors, 3, 0, 0, StepsPerSecond, 0.9f));
    }

    private static CalibrationResult Create(ReplayedItem[] items, double target) =>
        CalibrationResult.Create(Model(smoothing: 6), items, target, 0, 2, TestContext.Current.CancellationToken);

    private static Tally Count(IEnumerable<ReplayedItem> items, DetectorSettings settings) => Tally.Count(items, settings, 1.0 / StepsPerSecond, 0);

    private static SpotterModel Model(int smoothing) => SpotterModel.Create(
        KeywordModel.Create(3, 0), ["one", "two"], new FeatureSettings(), new DetectorSettings { Thresholds = [0.5f, 0.5f], SmoothingSteps = [smoothing] });

    /// <summary>A room that comes near a keyword so many times, never quite equally near.</summary>
    private static ReplayedItem Room(int seconds, int keyword, int times, float highest, int length)
    {
        float[] posteriors = Silence(seconds);
        for (int i = 0; i < times; i++)
        {
            Put(posteriors, 100 + (i * (seconds * StepsPerSecond / (times + 1))), length, keyword, highest * (1 - (0.5f * i / times)));
        }

        return Item(posteriors, seconds, -1);
    }

    private static ReplayedItem[] Clips(int keyword, int count, float highest, int length) => [.. Enumerable.Range(0, count).Select(i =>
    {
        float[] posteriors = Silence(2);
        Put(posteriors, 50, length, keyword, highest * (1 - (0.1f * i / count)));
        return Item(posteriors, 2, keyword);
    })];

    private static ReplayedItem Item(float[] posteriors, double seconds, int keyword) => new(new ScoreTrack(posteriors, 3, 0, seconds), keyword, -1);

    private static float[] Silence(int seconds) => new float[seconds * StepsPerSecond * 3];

    private static void Put(float[] posteriors, int step, int length, int keyword, float score)
    {
        for (int i = 0; i < length; i++)
        {
            posteriors[((step + i) * 3) + 1 + keyword] = score;
        }
    }
}
