using Seq.Embedded.Audio;

namespace KeywordSpotter.Spotting;

/// <summary>Audio in, keywords out: a <see cref="ScoreStream"/> and a <see cref="Spotting.Detector"/>. Allocates nothing per step.</summary>
internal sealed class Spotter(SpotterModel model, DetectorSettings settings)
{
    private readonly ScoreStream _scores = new(model.With(settings));
    private readonly Detector _detector = new(settings, model.Features.SecondsPerVector);
    private readonly float[] _smoothed = new float[model.Network.OutputSize];

    /// <summary>Consumes samples until a keyword is found (true) or all are consumed (false).</summary>
    public bool TryNext(ref ReadOnlySpan<float> samples, out Detection detection)
    {
        while (_scores.TryNext(ref samples, _smoothed))
        {
            if (_detector.Push(_smoothed, out detection))
            {
                return true;
            }
        }

        detection = default;
        return false;
    }

    /// <summary>Reports a keyword that was still waiting for its peak when the audio ended.</summary>
    public bool Finish(out Detection detection) => _detector.Finish(out detection);

    /// <summary>Starts a new stream: the next sample is at second 0.</summary>
    public void Reset()
    {
        _scores.Reset();
        _detector.Reset();
    }

    /// <summary>Seconds from the start of the audio to the end of a word: the end of the last sample of its step, less half the length of the smoothing.</summary>
    public double EndSeconds(Detection detection) => EndSeconds(detection, settings, model.Features);

    /// <summary>The same for a detection of any stream.</summary>
    public static double EndSeconds(Detection detection, DetectorSettings settings, FeatureSettings features)
    {
        long samples = (((detection.Step * features.Stride) + features.Stack - 1) * features.HopSamples) + features.WindowSamples;
        double lag = (settings.SmoothingOf(detection.Keyword) - 1) / 2.0 * features.SecondsPerVector;
        return (samples / (double)features.SampleRate) - lag;
    }
}
