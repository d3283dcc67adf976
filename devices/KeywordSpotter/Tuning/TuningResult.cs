using KeywordSpotter.Evaluation;

namespace KeywordSpotter.Tuning;

/// <summary>How a model does on what was held back.</summary>
/// <param name="Threshold">Chosen for the keywords that are tuned; NaN where none was chosen.</param>
/// <param name="Cost">What epochs are compared by; see <see cref="TuningValidator"/>.</param>
/// <param name="Own">What it finds in the clips that it is tuned for.</param>
/// <param name="Replayed">What it finds in replayed examples.</param>
internal sealed record TuningResult(float Threshold, double Cost, Tally Own, Tally Replayed);
