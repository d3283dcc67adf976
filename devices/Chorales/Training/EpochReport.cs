namespace Chorales.Training;

/// <summary>How an epoch ended.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Loss">Nats per time step of the training chorales, with dropout, while they were trained on.</param>
/// <param name="Validation">Nats per time step of the validation chorales, or null where there are none.</param>
/// <param name="Best">Whether this is the best epoch so far.</param>
/// <param name="Model">The model.</param>
/// <param name="TimeLeft">Until the last epoch ends.</param>
/// <param name="LeftOut">Batches that made no step, as <see cref="LeftOutBatches"/> counts them.</param>
internal sealed record EpochReport(int Number, double Loss, double? Validation, bool Best, ChoraleModel Model, TimeSpan TimeLeft, int LeftOut) : IEpoch;
