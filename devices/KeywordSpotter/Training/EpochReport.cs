namespace KeywordSpotter.Training;

/// <summary>What an epoch has brought.</summary>
/// <param name="Number">1 for the first.</param>
/// <param name="Loss">Mean over its batches.</param>
/// <param name="LearningRate">That of its last batch.</param>
/// <param name="Validation">Null when nothing is held back.</param>
/// <param name="Best">Whether it is the best epoch so far (the latest one when nothing is held back).</param>
/// <param name="Elapsed">Time since training began.</param>
/// <param name="TimeLeft">Estimated from the epochs so far.</param>
internal sealed record EpochReport(
    int Number, double Loss, float LearningRate, ValidationResult? Validation, bool Best, TimeSpan Elapsed, TimeSpan TimeLeft);
