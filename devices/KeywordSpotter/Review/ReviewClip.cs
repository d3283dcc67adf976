using KeywordSpotter.Listening;

namespace KeywordSpotter.Review;

/// <summary>A clip that waits for a verdict.</summary>
/// <param name="Name">Of the file.</param>
/// <param name="Path">To the file.</param>
/// <param name="Kept">What the name says; null where somebody else put the file there.</param>
internal sealed record ReviewClip(string Name, string Path, KeptClip? Kept);
