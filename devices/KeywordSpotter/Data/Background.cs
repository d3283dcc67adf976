namespace KeywordSpotter.Data;

/// <summary>Audio without keywords.</summary>
/// <param name="Speech">Running speech and other long audio.</param>
/// <param name="Words">Clips under two seconds, mostly single words.</param>
internal sealed record Background(Clip[] Speech, Clip[] Words)
{
    /// <summary>Both, running audio first.</summary>
    public Clip[] All => [.. Speech, .. Words];
}
