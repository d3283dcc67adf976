namespace KeywordSpotter.Spotting;

/// <summary>When a <see cref="VoiceGate"/> opens and closes.</summary>
internal sealed record VoiceGateSettings
{
    /// <summary>By how much a frame must exceed the floor of the room to be loud: a ratio of powers (2.5 = 4 dB).</summary>
    public float Margin { get; init; } = 2.5f;

    /// <summary>The same for the mean of the last tenth of a second, which in steady noise hardly moves (1.4 = 1.5 dB).</summary>
    public float MeanMargin { get; init; } = 1.4f;

    /// <summary>Time for which the gate stays open after the last loud frame.</summary>
    public double HangOverSeconds { get; init; } = 1.0;

    /// <summary>Time before the first loud frame that is heard when the gate opens.</summary>
    public double PreRollSeconds { get; init; } = 1.0;
}
