using KeywordSpotter.Input;
using KeywordSpotter.Listening;

namespace KeywordSpotter.Commands;

/// <summary>What <c>kws listen</c> was asked for.</summary>
internal sealed record ListenOptions
{
    /// <summary>What to listen to; the bundled recording when not given.</summary>
    public InputSettings Audio { get; init; } = new();

    public string? Model { get; init; }

    /// <summary>Replaces the model's thresholds when given.</summary>
    public float? Threshold { get; init; }

    /// <summary>Replaces the model's scores of near misses when given.</summary>
    public float? NearMiss { get; init; }

    /// <summary>Whether features and network rest while a quiet room is silent.</summary>
    public bool Gate { get; init; } = true;

    /// <summary>Prints near misses as well.</summary>
    public bool NearMisses { get; init; }

    public bool Json { get; init; }

    /// <summary>Tells level, speed, rates and cost on standard error, at the end and from time to time.</summary>
    public bool Stats { get; init; }

    /// <summary>Seconds of audio between two such lines; null for a minute of a microphone or pipe, and for none of a file.</summary>
    public double? StatsEvery { get; init; }

    /// <summary>Draws what is heard on the terminal.</summary>
    public bool Live { get; init; }

    /// <summary>A command to run for each keyword.</summary>
    public string? OnDetect { get; init; }

    /// <summary>How long that command may run.</summary>
    public TimeSpan OnDetectTimeout { get; init; }

    /// <summary>Where clips are kept; null for nowhere.</summary>
    public KeepSettings? Keep { get; init; }

    /// <summary>Whether the audio comes as it is spoken, as far as one can know.</summary>
    public bool IsLive => Audio.IsPipe || Audio.Device is not null;
}
