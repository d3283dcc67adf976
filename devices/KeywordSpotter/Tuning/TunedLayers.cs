namespace KeywordSpotter.Tuning;

/// <summary>Which layers of a model are tuned; those below stay as they are.</summary>
internal enum TunedLayers
{
    /// <summary>The last, dense layer.</summary>
    Head,

    /// <summary>The last recurrent layer and the head.</summary>
    Last,

    /// <summary>All of them.</summary>
    All,
}
