using KeywordSpotter.Input;

namespace KeywordSpotter.Commands;

/// <summary>What <c>kws listen</c> was asked for.</summary>
internal sealed record ListenOptions
{
    /// <summary>What to listen to; the bundled recording when not given.</summary>
    public InputSettings Audio { get; init; } = new();

    public string? Model { get; init; }

    /// <summary>Replaces the model's thresholds when given.</summary>
    public float? Threshold { get; init; }

    public bool Json { get; init; }

    /// <summary>Tells speed and memory on standard error at the end.</summary>
    public bool Stats { get; init; }
}
