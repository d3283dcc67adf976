using KeywordSpotter.Spotting;

namespace KeywordSpotter.Tuning;

/// <summary>A model that was tuned on everything, and what is known of it.</summary>
/// <param name="Model">The model, with its thresholds.</param>
/// <param name="Before">How it did before.</param>
/// <param name="After">How those did that were tuned in the same way with a part held out, each on that part.</param>
/// <param name="Rates">False accepts per hour that are to be expected of each tuned keyword at its threshold.</param>
internal sealed record TunedModel(SpotterModel Model, TuningResult Before, TuningResult After, IReadOnlyList<double> Rates);
