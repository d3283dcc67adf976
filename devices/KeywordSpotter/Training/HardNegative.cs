using KeywordSpotter.Data;

namespace KeywordSpotter.Training;

/// <summary>A place in background audio that the model in training took for a keyword.</summary>
/// <param name="Clip">The audio.</param>
/// <param name="Sample">Where the score was highest.</param>
internal readonly record struct HardNegative(Clip Clip, int Sample);
