using KeywordSpotter.Data;

namespace KeywordSpotter.Training;

/// <summary>A place in background audio that the model in training took for a keyword.</summary>
/// <param name="Clip">The audio.</param>
/// <param name="Sample">Where the score was highest.</param>
/// <param name="Score">The highest smoothed posterior of a keyword there.</param>
internal sealed record HardNegative(Clip Clip, int Sample, float Score);
