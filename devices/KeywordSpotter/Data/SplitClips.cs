namespace KeywordSpotter.Data;

/// <summary>Clips to train on, and clips that are held back for validation.</summary>
internal sealed record SplitClips(Clip[] Training, Clip[] Validation);
