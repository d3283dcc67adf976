namespace KeywordSpotter.Evaluation;

/// <summary>A replayed stream and what it holds.</summary>
/// <param name="Track">Its scores.</param>
/// <param name="Keyword">The keyword that is spoken in it, or -1 for none.</param>
/// <param name="Folder">Index of the folder of other words it comes from, or -1.</param>
internal sealed record ReplayedItem(ScoreTrack Track, int Keyword, int Folder);
