namespace KeywordSpotter.Data;

/// <summary>Clips to train on, and clips that are held back for validation.</summary>
/// <param name="Training">To train on.</param>
/// <param name="Validation">Held back.</param>
/// <param name="Divided">Whether one speaker (or recording) is on both sides, because there is no other.</param>
internal sealed record SplitClips(Clip[] Training, Clip[] Validation, bool Divided);
