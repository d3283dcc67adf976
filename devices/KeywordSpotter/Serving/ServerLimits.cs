namespace KeywordSpotter.Serving;

/// <summary>What clients of a server may cost.</summary>
/// <param name="Clients">Most at a time.</param>
/// <param name="Idle">A client that sends nothing for so long is dropped.</param>
internal sealed record ServerLimits(int Clients, TimeSpan Idle)
{
    /// <summary>The same within a message or a stream of audio, where the next bytes are due; after it an idle client makes room for another.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A message must have come in this time, however slowly it trickles.</summary>
    public TimeSpan Message { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A client must take an answer in this time, and leave in this time when it is sent away.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);
}
