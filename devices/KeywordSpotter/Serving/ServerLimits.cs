namespace KeywordSpotter.Serving;

/// <summary>What clients of a server may cost.</summary>
/// <param name="Clients">Most at a time.</param>
/// <param name="Idle">A client that sends nothing for so long is dropped.</param>
internal sealed record ServerLimits(int Clients, TimeSpan Idle)
{
    /// <summary>A client must take an answer in this time, and leave in this time when it is sent away.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);
}
