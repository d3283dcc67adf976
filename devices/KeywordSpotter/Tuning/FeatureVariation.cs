using Seq.Embedded.Audio;

namespace KeywordSpotter.Tuning;

/// <summary>
/// Varies an example whose audio is not there: time runs up to 12 % faster or slower, and the spectrum moves by up to two bands, as between a large and a small
/// speaker. One thread.
/// </summary>
internal sealed class FeatureVariation(FeatureSettings settings, int steps)
{
    private const double MostStretch = 0.12;
    private const double MostBands = 2;

    private readonly float[] _source = new float[steps * settings.FeatureCount];

    /// <summary>Changes features (T, F) in place, if each frame is in one of them only. Allocates nothing.</summary>
    public void Apply(ref Draws draws, Span<float> features)
    {
        if (settings.Stride != settings.Stack)
        {
            return;
        }

        features.CopyTo(_source);
        double speed = draws.Uniform(1 - MostStretch, 1 + MostStretch);
        double bands = draws.Uniform(-MostBands, MostBands);
        int frames = steps * settings.Stack;
        // Around the middle of the example, whose ends are repeated where the audio would be over.
        double first = (frames - 1) / 2.0 * (1 - speed);
        for (int frame = 0; frame < frames; frame++)
        {
            double at = Math.Clamp(first + (frame * speed), 0, frames - 1);
            int before = Math.Min((int)at, frames - 2);
            float late = (float)(at - before);
            ReadOnlySpan<float> low = _source.AsSpan(before * settings.Bands, settings.Bands);
            ReadOnlySpan<float> high = _source.AsSpan((before + 1) * settings.Bands, settings.Bands);
            Span<float> result = features.Slice(frame * settings.Bands, settings.Bands);
            for (int band = 0; band < result.Length; band++)
            {
                double place = Math.Clamp(band + bands, 0, settings.Bands - 1);
                int below = Math.Min((int)place, settings.Bands - 2);
                float up = (float)(place - below);
                float a = low[below] + (up * (low[below + 1] - low[below]));
                float b = high[below] + (up * (high[below + 1] - high[below]));
                result[band] = a + (late * (b - a));
            }
        }
    }
}
