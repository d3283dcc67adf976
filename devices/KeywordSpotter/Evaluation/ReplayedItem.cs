namespace KeywordSpotter.Evaluation;

/// <summary>A replayed stream and what it holds.</summary>
/// <param name="Track">Its scores.</param>
/// <param name="Keyword">The keyword that is spoken in it, or -1 for none.</param>
/// <param name="Folder">Index of the folder of other words it comes from, or -1.</param>
internal sealed record ReplayedItem(ScoreTrack Track, int Keyword, int Folder)
{
    /// <summary>Its audio; null where it was not replayed from recordings.</summary>
    public ItemAudio? Audio { get; init; }

    /// <summary>Whether nothing but background is in it.</summary>
    public bool IsBackground => Keyword < 0 && Folder < 0;

    /// <summary>Length of those of the streams that count, in hours.</summary>
    public static double Hours(ReplayedItem[] items, Predicate<ReplayedItem> counts)
    {
        double seconds = 0;
        foreach (ReplayedItem item in items)
        {
            seconds += counts(item) ? item.Track.Seconds : 0;
        }

        return seconds / 3600;
    }
}
