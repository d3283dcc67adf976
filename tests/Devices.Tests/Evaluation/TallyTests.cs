using KeywordSpotter.Evaluation;
using KeywordSpotter.Spotting;

namespace KeywordSpotter.Tests.Evaluation;

public sealed class TallyTests
{
    private const int Steps = 300;

    private static readonly DetectorSettings s_settings = new() { Thresholds = [0.5f, 0.5f], WarmUpSteps = 0 };

    [Fact]
    public void Count_tells_found_confused_and_repeated_clips_apart()
    {
        Tally tally = Tally.Count(
            [
                Item(0, (50, 0)), // right
                Item(0), // missed
                Item(0, (50, 1)), // missed, taken for the other
                Item(0, (50, 0), (150, 1)), // found, then confused
                Item(1, (50, 1), (150, 1), (250, 1)), // found three times
            ],
            s_settings,
            0.02,
            folders: 0);

        Assert.Equal([4, 1], tally.Clips);
        Assert.Equal([2, 1], tally.Detected);
        Assert.Equal([2, 0], tally.Confused);
        Assert.Equal([0, 1], tally.Repeated);
        Assert.Equal(0.4, tally.MissRate, 1e-9);
        Assert.Equal(0.4, tally.ConfusionRate, 1e-9);
    }

    /// <summary>A stream of a keyword with scores of 0.9 for five steps at the places that are given.</summary>
    private static ReplayedItem Item(int keyword, params (int Step, int Keyword)[] words)
    {
        var scores = new float[Steps * 3];
        foreach ((int step, int word) in words)
        {
            for (int i = 0; i < 5; i++)
            {
                scores[((step + i) * 3) + 1 + word] = 0.9f;
            }
        }

        return new ReplayedItem(new ScoreTrack(scores, 3, 0, Steps * 0.02), keyword, -1);
    }
}
