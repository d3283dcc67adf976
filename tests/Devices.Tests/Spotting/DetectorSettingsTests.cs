using KeywordSpotter.Evaluation;
using KeywordSpotter.Spotting;

namespace KeywordSpotter.Tests.Spotting;

public sealed class DetectorSettingsTests
{
    [Fact]
    public void ToMetadata_and_back_keeps_what_each_keyword_has()
    {
        var settings = new DetectorSettings { Thresholds = [0.25f, 0.123456f, 0.9f], SmoothingSteps = [4, 6, 12], WarmUpSteps = 3, RefractorySeconds = 0.5 };

        DetectorSettings read = DetectorSettings.FromMetadata(settings.ToMetadata(), 3, "file");

        Assert.Equal(settings.Thresholds, read.Thresholds);
        Assert.Equal(settings.SmoothingSteps, read.SmoothingSteps);
        Assert.Equal((3, 0.5), (read.WarmUpSteps, read.RefractorySeconds));
        Assert.Equal([4, 6, 12], Enumerable.Range(0, 3).Select(read.SmoothingOf));
    }

    [Fact]
    public void FromMetadata_of_an_older_file_has_one_value_for_all()
    {
        DetectorSettings read = DetectorSettings.FromMetadata(Metadata("6", "0.7"), 4, "file");

        Assert.Equal([0.7f, 0.7f, 0.7f, 0.7f], read.Thresholds);
        Assert.Equal([6, 6, 6, 6], Enumerable.Range(0, 4).Select(read.SmoothingOf));
        Assert.Equal("6", read.ToMetadata()[DetectorSettings.SmoothingKey]);
    }

    [Theory]
    [InlineData("6,6", "0.7", "detector.smoothing_steps' has 2 values; allowed: 1 or 4")]
    [InlineData("6", "0.7,0.7,0.7", "detector.threshold' has 3 values; allowed: 1 or 4")]
    [InlineData("6,0,6,6", "0.7", "detector.smoothing_steps' is '0'; allowed: 1 to 1000")]
    [InlineData("6", "0.7,0.7,0.7,x", "detector.threshold' is 'x'; allowed: 0 to 1")]
    public void FromMetadata_of_other_numbers_is_bad_input(string smoothing, string thresholds, string message) =>
        Assert.Contains(message, Assert.Throws<InputException>(() => DetectorSettings.FromMetadata(Metadata(smoothing, thresholds), 4, "file")).Message);

    [Fact]
    public void WithAdded_gives_new_keywords_what_is_strictest()
    {
        DetectorSettings one = new DetectorSettings { Thresholds = [0.3f, 0.8f] }.WithAdded(2), each = new DetectorSettings { Thresholds = [0.3f, 0.8f], SmoothingSteps = [9, 3] }.WithAdded(1);

        Assert.Equal([0.3f, 0.8f, 0.8f, 0.8f], one.Thresholds);
        Assert.Equal([6], one.SmoothingSteps);
        Assert.Equal([9, 3, 9], each.SmoothingSteps);
        Assert.Equal([0.1f, 0.2f, 0.2f], new DetectorSettings { Thresholds = [0.3f, 0.8f], NearMiss = [0.1f, 0.2f] }.WithAdded(1).NearMiss);
    }

    [Fact]
    public void Smoothing_of_a_keyword_decides_what_its_detector_sees()
    {
        // Three steps of 0.9: averaged over 3 steps 0.9, over 6 steps 0.45.
        var posteriors = new float[100 * 3];
        for (int step = 50; step < 53; step++)
        {
            posteriors[(step * 3) + 1] = posteriors[(step * 3) + 2] = 0.9f;
        }

        var track = new ScoreTrack(posteriors, 3, 0, 2);
        DetectorSettings settings = new() { Thresholds = [0.5f, 0.5f], WarmUpSteps = 0, SmoothingSteps = [6, 3] };

        Assert.Equal([1], track.Detect(settings, 0.02).Select(detection => detection.Keyword));
        Assert.Equal([0], track.Detect(settings with { SmoothingSteps = [3, 6] }, 0.02).Select(detection => detection.Keyword));
        Assert.Empty(track.Detect(settings with { SmoothingSteps = [6] }, 0.02));
        Assert.Equal(0.9f, track.Smooth(settings)[(52 * 3) + 2], 1e-6f);
        Assert.Equal(0.45f, track.Smooth(settings)[(52 * 3) + 1], 1e-6f);
    }

    private static Dictionary<string, string> Metadata(string smoothing, string thresholds) => new()
    {
        [DetectorSettings.SmoothingKey] = smoothing,
        [DetectorSettings.ThresholdKey] = thresholds,
        [DetectorSettings.WarmUpKey] = "17",
        [DetectorSettings.RefractoryKey] = "1",
    };
}
