using KeywordSpotter.Data;
using KeywordSpotter.Spotting;

namespace KeywordSpotter.Evaluation;

/// <summary>
/// Replays audio as a stream, the way it is used: the network has listened to something else before a clip begins and goes on
/// after it ends. One per thread.
/// </summary>
internal sealed class Replayer
{
    private const double TailSeconds = 1;
    private const float QuietRms = 2e-4f; // -74 dB: a good microphone in a quiet room

    private readonly ScoreStream _stream;
    private readonly List<float> _posteriors = [];
    private readonly float[] _posterior;
    private readonly int _sampleRate;
    private readonly int _outputs;
    private readonly int _features;
    private readonly double _secondsPerStep;
    private int _firstStep;
    private long _samples;

    public Replayer(SpotterModel model)
    {
        _stream = new ScoreStream(model.With(model.Detector with { SmoothingSteps = [1] })); // a track is smoothed as often as it is looked at
        _outputs = _stream.Outputs;
        _posterior = new float[_outputs];
        _sampleRate = model.Features.SampleRate;
        _features = model.Features.FeatureCount;
        _secondsPerStep = model.Features.SecondsPerVector;
    }

    /// <summary>Replays files as one stream between a lead-in and quiet.</summary>
    /// <param name="file">The first of them. Its name, not its path, decides what is drawn: the same clips give the same figures wherever they lie.</param>
    /// <param name="leadIns">What may be heard before them.</param>
    /// <param name="feedAll">Calls <see cref="Feed"/> with their audio.</param>
    public ScoreTrack Replay(string file, LeadIns leadIns, Action feedAll)
    {
        Draws draws = new(HeldOut.Hash(Path.GetFileName(file)));
        Begin(leadIns.Draw(ref draws));
        feedAll();
        return End(ref draws);
    }

    /// <summary>Replays features (T, F) as a stream of their own, without lead-in and tail.</summary>
    public ScoreTrack ReplayFeatures(ReadOnlySpan<float> features)
    {
        _stream.Reset();
        _posteriors.Clear();
        for (; !features.IsEmpty; features = features[_features..])
        {
            _stream.Push(features[.._features], _posterior);
            _posteriors.AddRange(_posterior);
        }

        return new ScoreTrack([.. _posteriors], _outputs, 0, _posteriors.Count / _outputs * _secondsPerStep);
    }

    /// <summary>Starts a stream.</summary>
    public void Begin(ReadOnlySpan<float> leadIn)
    {
        _stream.Reset();
        _posteriors.Clear();
        Listen(leadIn);
        _firstStep = _posteriors.Count / _outputs;
        _samples = 0;
    }

    /// <summary>Seconds of the audio that counts so far.</summary>
    public double Seconds => _samples / (double)_sampleRate;

    /// <summary>Audio that counts; may be called any number of times.</summary>
    public void Feed(ReadOnlySpan<float> samples)
    {
        Listen(samples);
        _samples += samples.Length;
    }

    /// <summary>Ends the stream with a second of quiet, so that a word at the end is still found.</summary>
    public ScoreTrack End(ref Draws draws)
    {
        var tail = new float[(int)(TailSeconds * _sampleRate)];
        AddQuiet(ref draws, tail);
        Listen(tail);
        return new ScoreTrack([.. _posteriors], _outputs, _firstStep, Seconds);
    }

    /// <summary>Adds the noise of a quiet room.</summary>
    public static void AddQuiet(ref Draws draws, Span<float> samples)
    {
        foreach (ref float sample in samples)
        {
            sample += QuietRms * draws.Bell();
        }
    }

    private void Listen(ReadOnlySpan<float> samples)
    {
        while (_stream.TryNext(ref samples, _posterior))
        {
            _posteriors.AddRange(_posterior);
        }
    }
}
