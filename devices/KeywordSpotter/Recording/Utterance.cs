namespace KeywordSpotter.Recording;

/// <summary>Something that was said, with a margin of what is around it.</summary>
/// <param name="Samples">Mono, +-1.</param>
/// <param name="Start">First sample of the speech in <see cref="Samples"/>.</param>
/// <param name="End">The sample after its last.</param>
/// <param name="Peak">Of the speech, in dB below full scale (0 or less).</param>
/// <param name="Rms">Of the speech, in dB below full scale.</param>
/// <param name="Floor">RMS of the room without it, in dB below full scale.</param>
/// <param name="BeginsLoud">Whether it was going on already when listening began.</param>
/// <param name="EndsLoud">Whether the audio ended, or what was said became too long, before it was over.</param>
internal sealed record Utterance(float[] Samples, int Start, int End, double Peak, double Rms, double Floor, bool BeginsLoud, bool EndsLoud);
