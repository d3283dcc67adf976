using KeywordSpotter.Input;

namespace KeywordSpotter.Commands;

/// <summary>What <c>kws calibrate</c> was asked for.</summary>
internal sealed record CalibrateOptions
{
    /// <summary>Folders and files, or a microphone.</summary>
    public required IReadOnlyList<string> Room { get; init; }

    /// <summary>How much of it; null for all.</summary>
    public double? Hours { get; init; }

    /// <summary>False accepts per hour of all keywords together.</summary>
    public required double Target { get; init; }

    /// <summary>Clips of the keywords, or null.</summary>
    public string? Data { get; init; }

    public string? Model { get; init; }

    public required string Output { get; init; }

    /// <summary>Where to write the page, or null.</summary>
    public string? Report { get; init; }

    /// <summary>Folder for the moments with the highest scores, or null.</summary>
    public string? SaveTop { get; init; }

    /// <summary>Folder for all that is heard live, or null.</summary>
    public string? SaveRoom { get; init; }

    /// <summary>What is listened to now; null where the room is files.</summary>
    public InputSettings? Audio { get; init; }

    /// <summary>Whether the model is written even where it would be found much less.</summary>
    public required bool Force { get; init; }

    /// <summary>Streams that are replayed at once.</summary>
    public required int Threads { get; init; }
}
