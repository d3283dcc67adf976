namespace SpokenWords;

/// <summary>Lengths that the program allows.</summary>
internal static class WordLimits
{
    /// <summary>Shortest window, in seconds.</summary>
    public const double ShortestSeconds = 0.3;

    /// <summary>Longest window, in seconds.</summary>
    public const double LongestSeconds = 10;
}
