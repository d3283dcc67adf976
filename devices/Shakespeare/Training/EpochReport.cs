namespace Shakespeare.Training;

/// <summary>How an epoch ended.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Loss">Nats per character of the training part, with dropout, while it was trained on.</param>
/// <param name="Validation">Nats per character of the validation part, or null where there is none.</param>
/// <param name="Best">Whether this is the best epoch so far.</param>
/// <param name="Model">The model.</param>
/// <param name="CharactersPerSecond">Of training, without validation.</param>
/// <param name="TimeLeft">Until the last epoch ends.</param>
/// <param name="LeftOut">Batches that made no step, as <see cref="LeftOutBatches"/> counts them.</param>
internal sealed record EpochReport(int Number, double Loss, double? Validation, bool Best, LanguageModel Model, double CharactersPerSecond, TimeSpan TimeLeft, int LeftOut) : IEpoch;
