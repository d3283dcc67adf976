namespace Devices;

/// <summary>How an epoch of training ended.</summary>
internal interface IEpoch
{
    /// <summary>From 1.</summary>
    int Number { get; }

    /// <summary>Whether this is the best epoch so far.</summary>
    bool Best { get; }

    /// <summary>Batches that made no step, as <see cref="LeftOutBatches"/> counts them.</summary>
    int LeftOut { get; }
}
