using KeywordSpotter.Spotting;

namespace KeywordSpotter.Tuning;

/// <summary>What an epoch of tuning has brought.</summary>
/// <param name="Number">1 for the first.</param>
/// <param name="Loss">Mean over its batches.</param>
/// <param name="Result">On what was held back.</param>
/// <param name="Best">Whether it is the best epoch so far.</param>
/// <param name="Model">The model after it, with its threshold.</param>
internal sealed record TuningEpoch(int Number, double Loss, TuningResult Result, bool Best, SpotterModel Model);
