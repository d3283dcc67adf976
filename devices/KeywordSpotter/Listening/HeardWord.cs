namespace KeywordSpotter.Listening;

/// <summary>A keyword, or nearly one, as it is told.</summary>
/// <param name="Seconds">From the start of the audio to the end of the word.</param>
/// <param name="Keyword">Its name.</param>
/// <param name="Score">Highest smoothed posterior, 0 to 1.</param>
/// <param name="IsNearMiss">The score came near the threshold and did not reach it.</param>
internal readonly record struct HeardWord(double Seconds, string Keyword, float Score, bool IsNearMiss);
