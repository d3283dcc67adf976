using KeywordSpotter.Spotting;

namespace KeywordSpotter.Training;

/// <summary>What an epoch has brought.</summary>
/// <param name="Number">1 for the first.</param>
/// <param name="Loss">Mean over its batches.</param>
/// <param name="Validation">Null when nothing is held back.</param>
/// <param name="Best">Whether it is the best epoch so far (the latest one when nothing is held back).</param>
/// <param name="Model">The model after it.</param>
/// <param name="TimeLeft">Estimated from the epochs so far.</param>
internal sealed record EpochReport(int Number, double Loss, ValidationResult? Validation, bool Best, SpotterModel Model, TimeSpan TimeLeft);
