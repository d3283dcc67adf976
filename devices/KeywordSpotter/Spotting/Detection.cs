namespace KeywordSpotter.Spotting;

/// <summary>One spoken keyword, or what nearly was one.</summary>
/// <param name="Step">Step of the model (counted from 0 at the start of the audio) at which the word had ended.</param>
/// <param name="Keyword">Index of the keyword, 0 for the first.</param>
/// <param name="Score">Highest smoothed posterior, 0 to 1.</param>
internal readonly record struct Detection(long Step, int Keyword, float Score)
{
    /// <summary>The score came near the threshold and did not reach it.</summary>
    public bool IsNearMiss { get; init; }
}
