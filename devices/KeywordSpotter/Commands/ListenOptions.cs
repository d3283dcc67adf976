namespace KeywordSpotter.Commands;

/// <summary>What <c>kws listen</c> was asked for.</summary>
internal sealed record ListenOptions
{
    /// <summary>A WAV file, <c>-</c>, <c>mic</c>, <c>mic:DEVICE</c>, or null for the bundled recording.</summary>
    public string? Input { get; init; }

    public string? Model { get; init; }

    /// <summary>Replaces the model's thresholds when given.</summary>
    public float? Threshold { get; init; }

    /// <summary>Of raw input, in Hz.</summary>
    public int Rate { get; init; } = 16000;

    /// <summary>Of raw input.</summary>
    public int Channels { get; init; } = 1;

    public bool Json { get; init; }

    /// <summary>Tells speed and memory on standard error at the end.</summary>
    public bool Stats { get; init; }
}
