using KeywordSpotter.Evaluation;

namespace KeywordSpotter.Training;

/// <summary>What a report shows of the kept model.</summary>
/// <param name="Confusion">What was reported at the chosen threshold.</param>
/// <param name="Curve">Misses against false accepts in running background, by threshold.</param>
internal sealed record ValidationDetail(ConfusionMatrix Confusion, CurvePoint[] Curve);
