using Seq.Embedded.Audio;

namespace KeywordSpotter.Spotting;

/// <summary>
/// Audio in, keywords out: a <see cref="ScoreStream"/> and a <see cref="Detector"/>, behind a <see cref="VoiceGate"/> where one is wanted.
/// One per stream, one thread; allocates nothing per step.
/// </summary>
internal sealed class Spotter
{
    private const float LowestHoldScore = 0.005f; // a near miss of 0, which every step reaches, must not hold the gate open for ever

    private readonly FeatureSettings _features;
    private readonly DetectorSettings _settings;
    private readonly ScoreStream _scores;
    private readonly Detector _detector;
    private readonly NearMissDetector? _nearMisses;
    private readonly VoiceGate? _gate;
    private readonly float _holdScore; // a score that holds the gate open
    private readonly float[] _smoothed;
    private readonly float[] _highest; // per keyword, since they were last taken
    private long _skippedSteps; // before the gate opened last

    /// <summary>Starts a stream.</summary>
    /// <param name="model">Its weights are shared by all streams.</param>
    /// <param name="settings">How its posteriors become detections.</param>
    /// <param name="gate">Whether features and network rest while a quiet room is silent.</param>
    /// <param name="nearMisses">Whether near misses are found, too; <see cref="Detection.IsNearMiss"/> tells them apart.</param>
    public Spotter(SpotterModel model, DetectorSettings settings, bool gate = false, bool nearMisses = false)
        : this(model, settings, gate ? new VoiceGateSettings() : null, nearMisses)
    {
    }

    /// <inheritdoc cref="Spotter(SpotterModel, DetectorSettings, bool, bool)"/>
    public Spotter(SpotterModel model, DetectorSettings settings, VoiceGateSettings? gate, bool nearMisses = false)
    {
        _features = model.Features;
        _settings = settings;
        _scores = new ScoreStream(model.With(settings));
        _detector = new Detector(settings, _features.SecondsPerVector);
        _nearMisses = nearMisses ? new NearMissDetector(settings, _features.SecondsPerVector) : null;
        _gate = gate is null ? null : new VoiceGate(_features, gate);
        _holdScore = Math.Max(LowestHoldScore, settings.NearMissScores.Min() / 2);
        _smoothed = new float[model.Network.OutputSize];
        _highest = new float[_smoothed.Length - 1];
    }

    /// <summary>Steps computed so far.</summary>
    public long HeardSteps { get; private set; }

    /// <summary>Steps that the gate has left out so far.</summary>
    public long SkippedSteps => _skippedSteps + (_gate?.Held ?? 0);

    /// <summary>False while the gate holds back audio.</summary>
    public bool IsListening => _gate?.IsOpen ?? true;

    /// <summary>Consumes samples until a keyword is found (true) or all are consumed (false).</summary>
    public bool TryNext(ref ReadOnlySpan<float> samples, out Detection detection)
    {
        if (_gate is null)
        {
            return TryHear(ref samples, out detection);
        }

        while (_gate.TryNext(ref samples, out ReadOnlySpan<float> frame, out long skipped))
        {
            if (skipped > 0)
            {
                _scores.Wake();
                long steps = skipped + _scores.MissingSteps(_gate.PreRoll);
                _skippedSteps += steps;
                _detector.Skip(steps);
                _nearMisses?.Skip(steps);
            }

            if (TryHear(ref frame, out detection))
            {
                TryHear(ref frame, out _); // a frame completes one step: the rest of it belongs to the next
                return true;
            }
        }

        detection = default;
        return false;
    }

    /// <summary>Reports a keyword that was still waiting for its peak when the audio ended; true again while there is more.</summary>
    public bool Finish(out Detection detection)
    {
        if (_gate is { IsOpen: true })
        {
            ReadOnlySpan<float> rest = _gate.TakeRest();
            if (TryHear(ref rest, out detection))
            {
                return true;
            }
        }

        if (_detector.Finish(out detection))
        {
            _nearMisses?.Forget();
            return true;
        }

        return _nearMisses?.Finish(out detection) == true;
    }

    /// <summary>Starts a new stream: the next sample is at second 0.</summary>
    public void Reset()
    {
        _scores.Reset();
        _detector.Reset();
        _nearMisses?.Reset();
        _skippedSteps = SkippedSteps;
        _gate?.Reset();
        Array.Clear(_highest);
    }

    /// <summary>Seconds from the start of the audio to the end of a word: the end of the last sample of its step, less half the length of the smoothing.</summary>
    public double EndSeconds(Detection detection) => EndSeconds(detection, _settings, _features);

    /// <summary>The same for a detection of any stream.</summary>
    public static double EndSeconds(Detection detection, DetectorSettings settings, FeatureSettings features)
    {
        long samples = (((detection.Step * features.Stride) + features.Stack - 1) * features.HopSamples) + features.WindowSamples;
        double lag = (settings.SmoothingOf(detection.Keyword) - 1) / 2.0 * features.SecondsPerVector;
        return (samples / (double)features.SampleRate) - lag;
    }

    /// <summary>The highest smoothed posterior of each keyword since the last call.</summary>
    /// <param name="scores">One per keyword.</param>
    public void TakeHighest(Span<float> scores)
    {
        _highest.CopyTo(scores);
        Array.Clear(_highest);
    }

    private bool TryHear(ref ReadOnlySpan<float> samples, out Detection detection)
    {
        while (_scores.TryNext(ref samples, _smoothed))
        {
            HeardSteps++;
            float top = 0;
            for (int keyword = 0; keyword < _highest.Length; keyword++)
            {
                float score = _smoothed[keyword + 1];
                _highest[keyword] = Math.Max(_highest[keyword], score);
                top = Math.Max(top, score);
            }

            if (top >= _holdScore)
            {
                _gate?.Hold();
            }

            bool found = _detector.Push(_smoothed, out detection);
            if (_nearMisses is null ? found : _nearMisses.Push(_smoothed, found, ref detection))
            {
                return true;
            }
        }

        detection = default;
        return false;
    }
}
