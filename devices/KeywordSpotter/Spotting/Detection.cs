namespace KeywordSpotter.Spotting;

/// <summary>One spoken keyword.</summary>
/// <param name="Step">Step of the model (counted from 0 at the start of the audio) at which the word had ended.</param>
/// <param name="Keyword">Index of the keyword, 0 for the first.</param>
/// <param name="Score">Highest smoothed posterior, 0 to 1.</param>
internal readonly record struct Detection(long Step, int Keyword, float Score);
