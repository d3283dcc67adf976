namespace KeywordSpotter.Data;

/// <summary>Where a training run finds its audio.</summary>
/// <param name="Data">One folder of WAV files per keyword in it.</param>
/// <param name="Background">Folders of audio without keywords.</param>
/// <param name="Noise">Folders of noise to mix in.</param>
internal sealed record TrainingFolders(string Data, IReadOnlyList<string> Background, IReadOnlyList<string> Noise);
