namespace KeywordSpotter.Models;

/// <summary>What is known of a model file without using it.</summary>
/// <param name="Number">From 1 on, never used twice; 0 for a file of which nothing older is kept.</param>
/// <param name="Path">The file.</param>
/// <param name="Written">When it was written, UTC.</param>
/// <param name="IsCurrent">Whether the model file has these very bytes.</param>
/// <param name="Keywords">What it finds; empty where the file is damaged.</param>
/// <param name="Maker">The command that made it, or "-".</param>
/// <param name="Figures">What was measured then, or "-"; what is wrong with it where the file is damaged.</param>
internal sealed record ModelVersion(int Number, string Path, DateTime Written, bool IsCurrent, IReadOnlyList<string> Keywords, string Maker, string Figures);
