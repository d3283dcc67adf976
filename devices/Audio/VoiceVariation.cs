using Seq.Embedded.Audio;

namespace Devices.Audio;

/// <summary>
/// Other voices by other front ends: a shorter or longer hop makes speech slower or faster and leaves pitch and formants as they are;
/// mel bands that lie lower or higher move the formants, as a longer or shorter vocal tract does (Jaitly and Hinton 2013), and leave the pitch.
/// Extractors are made when they are first drawn. Not thread-safe.
/// </summary>
internal sealed class VoiceVariation(FeatureSettings settings, double tempo, double warp)
{
    private const int Grid = 4; // values to either side of 1

    private readonly FeatureExtractor?[] _extractors = new FeatureExtractor?[((2 * Grid) + 1) * ((2 * Grid) + 1)];

    /// <summary>The most vectors that any of the front ends makes of so many samples.</summary>
    public int MaxCount(int samples) => Create(0, Grid).CountFor(samples);

    /// <summary>A front end at random.</summary>
    public FeatureExtractor Draw(ref Draws draws)
    {
        int hop = tempo > 1 ? draws.Below((2 * Grid) + 1) : Grid;
        int bands = draws.Below((2 * Grid) + 1);
        return _extractors[(hop * ((2 * Grid) + 1)) + bands] ??= Create(hop, bands);
    }

    private FeatureExtractor Create(int hop, int bands)
    {
        double factor = Math.Pow(warp, (bands - Grid) / (double)Grid);
        return new FeatureExtractor(settings with
        {
            HopSamples = (int)Math.Round(settings.HopSamples * Math.Pow(tempo, (hop - Grid) / (double)Grid)),
            LowHz = settings.LowHz * factor,
            HighHz = Math.Min(settings.HighHz * factor, settings.SampleRate / 2.0),
        });
    }
}
