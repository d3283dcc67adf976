namespace KeywordSpotter.Listening;

/// <summary>Where clips are kept, and how many.</summary>
internal sealed record KeepSettings
{
    /// <summary>Clips wait here to be reviewed.</summary>
    public const string NewFolder = "new";

    /// <summary>Length of a clip.</summary>
    public const double ClipSeconds = 2;

    /// <summary>What a clip has behind the end of the word.</summary>
    public const double AfterSeconds = 0.4;

    /// <summary>Bytes of all clips, unless said otherwise.</summary>
    public const long UsualBytes = 50_000_000;

    /// <summary>The folder above <see cref="NewFolder"/>.</summary>
    public required string Folder { get; init; }

    /// <summary>Clips in <see cref="NewFolder"/>; the oldest goes when there is one more.</summary>
    public int MostClips { get; init; } = 200;

    /// <summary>Bytes of all of them.</summary>
    public long MostBytes { get; init; } = UsualBytes;
}
