using KeywordSpotter.Spotting;

namespace KeywordSpotter.Evaluation;

/// <summary>What the detector finds at one threshold (or one per keyword).</summary>
internal sealed class Tally
{
    private Tally(int keywords, int folders)
    {
        Clips = new int[keywords];
        Detected = new int[keywords];
        Confused = new int[keywords];
        Repeated = new int[keywords];
        Taken = new int[folders];
        FolderClips = new int[folders];
        Accepts = new int[keywords];
    }

    /// <summary>Clips of each keyword.</summary>
    public int[] Clips { get; }

    /// <summary>Clips of each keyword in which it was found.</summary>
    public int[] Detected { get; }

    /// <summary>Clips of each keyword in which another keyword was found, whether the right one was or not.</summary>
    public int[] Confused { get; }

    /// <summary>Clips of each keyword in which it was found more than once.</summary>
    public int[] Repeated { get; }

    /// <summary>Clips of each folder of other words.</summary>
    public int[] FolderClips { get; }

    /// <summary>Clips of each folder of other words that were taken for a keyword.</summary>
    public int[] Taken { get; }

    /// <summary>Detections of each keyword in audio without keywords.</summary>
    public int[] Accepts { get; }

    /// <summary>Detections in audio without keywords.</summary>
    public int FalseAccepts { get; private set; }

    /// <summary>The part of them that was in background.</summary>
    public int BackgroundFalseAccepts { get; private set; }

    /// <summary>Part of all keyword clips in which the keyword was not found; NaN without clips.</summary>
    public double MissRate => Clips.Sum() is var clips and > 0 ? 1 - (Detected.Sum() / (double)clips) : double.NaN;

    /// <summary>Part of all keyword clips in which another keyword was found; NaN without clips.</summary>
    public double ConfusionRate => Clips.Sum() is var clips and > 0 ? Confused.Sum() / (double)clips : double.NaN;

    /// <summary>Part of the clips of other words that were taken for a keyword; NaN without clips.</summary>
    public double TakenRate => FolderClips.Sum() is var clips and > 0 ? Taken.Sum() / (double)clips : double.NaN;

    public static Tally Count(IEnumerable<ReplayedItem> items, DetectorSettings settings, double secondsPerStep, int folders)
    {
        var tally = new Tally(settings.Thresholds.Count, folders);
        foreach (ReplayedItem item in items)
        {
            int found = 0;
            int events = 0;
            foreach (Detection detection in item.Track.Detect(settings, secondsPerStep))
            {
                events++;
                found += detection.Keyword == item.Keyword ? 1 : 0;
                tally.Accepts[detection.Keyword] += item.Keyword < 0 ? 1 : 0;
            }

            tally.Add(item, found, events);
        }

        return tally;
    }

    /// <summary>Counts one stream.</summary>
    /// <param name="item">The stream.</param>
    /// <param name="found">Detections of its keyword.</param>
    /// <param name="events">Detections of any keyword.</param>
    private void Add(ReplayedItem item, int found, int events)
    {
        if (item.Keyword >= 0)
        {
            Clips[item.Keyword]++;
            Detected[item.Keyword] += found > 0 ? 1 : 0;
            Confused[item.Keyword] += events > found ? 1 : 0;
            Repeated[item.Keyword] += found > 1 ? 1 : 0;
            return;
        }

        FalseAccepts += events;
        if (item.Folder < 0)
        {
            BackgroundFalseAccepts += events;
            return;
        }

        FolderClips[item.Folder]++;
        Taken[item.Folder] += events > 0 ? 1 : 0;
    }
}
