namespace KeywordSpotter.Data;

/// <summary>Where a training run finds its audio.</summary>
/// <param name="Data">One folder of WAV files per keyword in it.</param>
/// <param name="Extra">Folders like <paramref name="Data"/> whose clips are trained on and never validated on, such as synthetic speech.</param>
/// <param name="Background">Folders of audio without keywords.</param>
/// <param name="Noise">Folders of noise to mix in.</param>
internal sealed record TrainingFolders(string Data, IReadOnlyList<string> Extra, IReadOnlyList<string> Background, IReadOnlyList<string> Noise)
{
    /// <summary>Folders like <see cref="Data"/> of words that are told apart while training only.</summary>
    public IReadOnlyList<string> Vocabulary { get; init; } = [];

    /// <summary>Files that tell what is spoken in clips; see <see cref="PhonemeTable"/>.</summary>
    public IReadOnlyList<string> Phonemes { get; init; } = [];
}
