using KeywordSpotter.Data;
using KeywordSpotter.Evaluation;
using KeywordSpotter.Spotting;
using KeywordSpotter.Training;
using Seq.Embedded.Audio;

namespace KeywordSpotter.Tuning;

/// <summary>
/// Plays what was held back, of the clips and of the examples for replay, and finds the best threshold for the keywords that are tuned. Each clip is heard
/// after a pause and after other speech, and each also backwards, as another word of the same voice. Epochs are compared by their cost there: that of
/// <see cref="Validator"/> for the clips and the background, plus that for the replayed examples.
/// </summary>
internal sealed class TuningValidator
{
    private const double TailSeconds = 0.5; // of a quiet room

    private readonly List<Item> _own = [];
    private readonly List<Item> _replayed = [];
    private readonly Validator _background;
    private readonly int[] _tuned;
    private readonly int _threads;

    /// <param name="data">Clips and background that are held back.</param>
    /// <param name="numbers">The model's number of each keyword of the data: those whose threshold is free.</param>
    /// <param name="features">Of the model.</param>
    /// <param name="replay">Examples for replay that are held back, with the model's number of what is said, -1 for none of its keywords.</param>
    /// <param name="threads">Streams that run at once.</param>
    public TuningValidator(TrainingData data, int[] numbers, FeatureSettings features, IReadOnlyList<(float[] Features, int Keyword)> replay, int threads)
    {
        _tuned = numbers;
        _threads = threads;
        _background = new Validator(data.WithoutKeywords(), features.SampleRate, threads);
        foreach ((float[] values, int keyword) in replay)
        {
            _replayed.Add(new Item(values, 0, keyword));
        }

        float[][] before = [[], .. replay.Where(example => example.Keyword < 0).Select(example => example.Features)];
        int next = 0;
        for (int keyword = 0; keyword < data.Validation.Length; keyword++)
        {
            foreach (Clip clip in data.Validation[keyword])
            {
                float[] samples = clip.ToFloats();
                float[] word = Extract(samples, features);
                Array.Reverse(samples);
                float[] backwards = Extract(samples, features);
                next = 1 + ((next + 1) % Math.Max(1, before.Length - 1));
                foreach (float[] speech in before.Length > 1 ? [before[0], before[next]] : before)
                {
                    _own.Add(new Item([.. speech, .. word], speech.Length / features.FeatureCount, numbers[keyword]));
                    _own.Add(new Item([.. speech, .. backwards], speech.Length / features.FeatureCount, -1));
                }
            }
        }
    }

    /// <summary>Whether there is anything to measure with.</summary>
    public bool CanMeasure => _own.Count > 0;

    /// <summary>How a model does with the best threshold for what is tuned, or with its own.</summary>
    /// <param name="model">The model.</param>
    /// <param name="choose">Whether to choose a threshold.</param>
    /// <param name="stop">Ends the work early.</param>
    public TuningResult Measure(SpotterModel model, bool choose, CancellationToken stop)
    {
        ReplayedItem[] own = [.. Play(_own, model, stop), .. _background.Replay(model, stop)];
        ReplayedItem[] replayed = Play(_replayed, model, stop);
        double step = model.Features.SecondsPerVector;
        double hours = ReplayedItem.Hours(own, item => item.IsBackground);
        TuningResult At(DetectorSettings settings)
        {
            Tally ownTally = Tally.Count(own, settings, step, folders: 1);
            Tally replayTally = Tally.Count(replayed, settings, step, folders: 1);
            return new TuningResult(
                settings.Thresholds[_tuned[0]], Validator.Cost(ownTally, hours) + (replayed.Length > 0 ? Validator.Cost(replayTally, 0) : 0), ownTally, replayTally);
        }

        if (!choose)
        {
            return At(model.Detector);
        }

        TuningResult[] results = Parallelism.Map(Validator.Thresholds, _threads, stop, threshold => At(With(model.Detector, threshold)));
        (int best, double cost) = Validator.Choose(Array.ConvertAll(results, result => result.Cost), middle: true);
        return results[best] with { Cost = cost };
    }

    /// <summary>The settings with a threshold for the keywords that are tuned; the others keep theirs.</summary>
    public DetectorSettings With(DetectorSettings settings, float threshold)
    {
        float[] thresholds = [.. settings.Thresholds];
        foreach (int keyword in _tuned)
        {
            thresholds[keyword] = threshold;
        }

        return settings with { Thresholds = thresholds };
    }

    private static float[] Extract(float[] samples, FeatureSettings settings)
    {
        float[] audio = [.. samples, .. new float[(int)(TailSeconds * settings.SampleRate)]];
        var draws = new Draws((ulong)samples.Length);
        Replayer.AddQuiet(ref draws, audio);
        var extractor = new FeatureExtractor(settings);
        var features = new float[extractor.CountFor(audio.Length) * settings.FeatureCount];
        ReadOnlySpan<float> rest = audio;
        for (int at = 0; at < features.Length && extractor.TryNext(ref rest, features.AsSpan(at, settings.FeatureCount)); at += settings.FeatureCount)
        {
        }

        return features;
    }

    private ReplayedItem[] Play(IReadOnlyList<Item> items, SpotterModel model, CancellationToken stop) => Parallelism.Map(
        items, _threads, stop, () => new Replayer(model),
        (item, replayer) => new ReplayedItem(replayer.ReplayFeatures(item.Features, item.FirstStep), item.Keyword, item.Keyword < 0 ? 0 : -1));

    /// <param name="Features">(T, F).</param>
    /// <param name="FirstStep">What is reported before it does not count.</param>
    /// <param name="Keyword">What is said, -1 for none of the keywords.</param>
    private sealed record Item(float[] Features, int FirstStep, int Keyword);
}
