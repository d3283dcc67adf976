namespace KeywordSpotter.Recording;

/// <summary>Waits for the next block of audio, which is valid until the next call.</summary>
/// <param name="block">Mono, +-1; empty where none has come in time.</param>
/// <returns>False at the end of the audio.</returns>
internal delegate bool ReadBlock(out ReadOnlySpan<float> block);
