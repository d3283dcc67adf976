using KeywordSpotter.Spotting;

namespace KeywordSpotter.Evaluation;

/// <summary>
/// What was said against what was reported. A clip counts once, as the keyword that was reported in it with the highest score or as none; of
/// background each report counts.
/// </summary>
/// <param name="Keywords">(K, K + 1): clips of each keyword by what was reported, none last.</param>
/// <param name="OtherWords">(K + 1): clips of other words, likewise.</param>
/// <param name="Background">(K): reports in running background.</param>
internal sealed record ConfusionMatrix(int[][] Keywords, int[] OtherWords, int[] Background)
{
    public static ConfusionMatrix Count(IEnumerable<ReplayedItem> items, DetectorSettings settings, double secondsPerStep)
    {
        int keywords = settings.Thresholds.Count;
        int[][] rows = new int[keywords][];
        for (int i = 0; i < keywords; i++)
        {
            rows[i] = new int[keywords + 1];
        }

        int[] other = new int[keywords + 1];
        int[] background = new int[keywords];
        foreach (ReplayedItem item in items)
        {
            var loudest = new Detection(0, keywords, 0);
            foreach (Detection detection in item.Track.Detect(settings, secondsPerStep))
            {
                loudest = detection.Score > loudest.Score ? detection : loudest;
                background[detection.Keyword] += item.IsBackground ? 1 : 0;
            }

            if (!item.IsBackground)
            {
                (item.Keyword >= 0 ? rows[item.Keyword] : other)[loudest.Keyword]++;
            }
        }

        return new ConfusionMatrix(rows, other, background);
    }
}
