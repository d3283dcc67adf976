namespace KeywordSpotter.Data;

/// <summary>Words that are told apart while training, so that the lower layers learn what all words share; the trained model does not know them.</summary>
/// <param name="Words">Names of the folders.</param>
/// <param name="Clips">Clips of each word.</param>
internal sealed record Vocabulary(IReadOnlyList<string> Words, Clip[][] Clips)
{
    public static Vocabulary Empty { get; } = new([], []);
}
