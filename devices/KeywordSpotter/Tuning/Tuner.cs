using KeywordSpotter.Calibration;
using KeywordSpotter.Data;
using KeywordSpotter.Evaluation;
using KeywordSpotter.Spotting;
using KeywordSpotter.Training;
using Seq.Embedded.Audio;
using Seq.Embedded.Weights;

namespace KeywordSpotter.Tuning;

/// <summary>
/// Tunes a model so that all clips are learned from and all are measured with: once for each part of them without it, measuring what that part has, then on everything.
/// The threshold of a tuned keyword is the one that audio without it passes as seldom as is asked for.
/// </summary>
internal sealed class Tuner
{
    // Below, keywords that the model knows less well than its replayed examples would be reported at every second noise; above, never.
    private const float LowestThreshold = 0.3f;
    private const float HighestThreshold = 0.9995f;

    private readonly TrainingData _data;
    private readonly ReplaySet? _replay;
    private readonly TuningOptions _options;
    private readonly TuningFolds _folds;
    private readonly KeywordModel _network;
    private readonly int[] _tuned;
    private readonly int[] _replayNumbers;

    /// <param name="file">A keyword model of floats, checked.</param>
    /// <param name="data">The clips, all to train on; at least 2 of each keyword.</param>
    /// <param name="replay">Examples to replay; null for none.</param>
    /// <param name="options">How to tune.</param>
    public Tuner(SafeTensorsFile file, TrainingData data, ReplaySet? replay, TuningOptions options)
    {
        SpotterModel old = SpotterModel.From(file);
        Added = [.. data.Keywords.Except(old.Keywords)];
        _network = GrownHead.Create(file, Added.Count);
        Start = old.With(_network, Added);
        _data = data;
        _replay = replay;
        _options = options;
        _folds = new TuningFolds(data, replay?.Count ?? 0, options.Folds);
        string[] keywords = [.. Start.Keywords];
        _tuned = Array.ConvertAll([.. data.Keywords], name => Array.IndexOf(keywords, name));
        _replayNumbers = replay is null ? [] : Array.ConvertAll([.. replay.Keywords], name => Array.IndexOf(keywords, name));
    }

    /// <summary>The model before it is tuned, with outputs for all keywords.</summary>
    public SpotterModel Start { get; }

    /// <summary>Keywords that it did not know.</summary>
    public IReadOnlyList<string> Added { get; }

    /// <summary>Steps of an example.</summary>
    public int Steps => ExampleMaker.Steps(_options.Examples(TuningSession.Seconds(_options, Start.Features, _replay), background: false), Start.Features);

    /// <summary>Trainings that there will be.</summary>
    public int Trainings => _folds.Count + 1;

    /// <summary>Does all the work.</summary>
    /// <param name="told">Told after each batch: the training from 1 on, its batches so far, and the loss of the last.</param>
    /// <param name="tell">Told in a line about batches that were left out.</param>
    /// <param name="stop">Ends the work.</param>
    /// <exception cref="InputException">The loss is no longer a number.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled.</exception>
    public TunedModel Run(Action<int, int, double> told, Action<string> tell, CancellationToken stop)
    {
        var before = new List<ReplayedItem>();
        var after = new List<ReplayedItem>();
        var replayedBefore = new List<ReplayedItem>();
        var replayedAfter = new List<ReplayedItem>();
        for (int part = 0; part < _folds.Count; part++)
        {
            TrainingData data = _folds.Data(part, Start.Features.SampleRate);
            SpotterModel model = Train(part, data, told, tell, stop);
            var validator = new Validator(data, Start.Features.SampleRate, _options.Threads, _tuned);
            int[] held = _folds.Held(part);
            before.AddRange(validator.Replay(Start, stop));
            after.AddRange(validator.Replay(model, stop));
            replayedBefore.AddRange(Replay(Start, held, stop));
            replayedAfter.AddRange(Replay(model, held, stop));
        }

        float[] thresholds = [.. Start.Detector.Thresholds];
        double[] rates = new double[_tuned.Length];
        for (int i = 0; i < rates.Length; i++)
        {
            (thresholds[_tuned[i]], rates[i]) = Threshold([.. after, .. replayedAfter], _tuned[i]);
        }

        DetectorSettings detector = Start.Detector with { Thresholds = thresholds };
        SpotterModel complete = Train(_folds.Count, _folds.Data(_folds.Count, Start.Features.SampleRate), told, tell, stop);
        return new TunedModel(complete.With(detector), Count(before, replayedBefore, Start.Detector), Count(after, replayedAfter, detector), rates);
    }

    /// <summary>Examples of the clips that a later tuning can replay, so that it does not forget what this one added.</summary>
    /// <param name="each">How many of each clip.</param>
    /// <param name="keywords">What their labels stand for.</param>
    public IReadOnlyList<Example> ForReplay(int each, IReadOnlyList<string> keywords)
    {
        TrainingOptions options = _options.Examples(TuningSession.Seconds(_options, Start.Features, _replay), background: false);
        options = options with
        {
            Seed = _options.Seed + 1,
            Mixture = new Mixture { Keyword = 1, Speech = 0, Word = 0, Run = 0, Half = 0, Pseudo = 0, Mined = 0 },
            Augmentation = options.Augmentation with { SlowestSpeed = 0.95, FastestSpeed = 1.05, LowestSnr = 10, Masks = 0 }, // more varied when replayed
        };
        var maker = new ExampleMaker(_data, options, Start.Features);
        int[] labels = Array.ConvertAll([.. _data.Keywords], name => 1 + Array.IndexOf([.. keywords], name));
        var examples = new List<Example>();
        for (int i = 0; i < each * _data.Training.Sum(clips => clips.Length); i++)
        {
            var example = new Example(Steps, Start.Features.FeatureCount);
            maker.Make(0, i, [], example);
            example.Label = labels[example.Label - 1];
            examples.Add(example);
        }

        return examples;
    }

    private SpotterModel Train(int part, TrainingData data, Action<int, int, double> told, Action<string> tell, CancellationToken stop)
    {
        using var session = new TuningSession(Start, _network, data, _replay, _folds.Learned(part), _options);
        return session.Run((batches, loss) => told(part + 1, batches, loss), tell, stop);
    }

    private ReplayedItem[] Replay(SpotterModel model, int[] examples, CancellationToken stop) =>
        Parallelism.Map(examples, _options.Threads, stop, () => new Replayer(model), (example, replayer) =>
        {
            var features = new float[_replay!.Steps * _replay.Features.FeatureCount];
            _replay.CopyTo(example, features);
            int keyword = _replay.GetLabel(example) is > 0 and { } label ? _replayNumbers[label - 1] : -1;
            return new ReplayedItem(replayer.ReplayFeatures(features), keyword, keyword < 0 ? 0 : -1);
        });

    private TuningResult Count(List<ReplayedItem> own, List<ReplayedItem> replayed, DetectorSettings detector)
    {
        double step = Start.Features.SecondsPerVector;
        return new TuningResult(
            Tally.Count(own, detector, step, folders: 1), Tally.Count(replayed, detector, step, folders: 1),
            ReplayedItem.Hours([.. own, .. replayed], item => item.Keyword < 0));
    }

    /// <summary>The threshold of a keyword and the false accepts per hour there.</summary>
    private (float Threshold, double Rate) Threshold(ReplayedItem[] items, int keyword)
    {
        var peaks = new List<float>();
        double step = Start.Features.SecondsPerVector;
        int gap = Math.Max(1, (int)(Start.Detector.RefractorySeconds / step));
        foreach (ReplayedItem item in items)
        {
            if (item.Keyword < 0)
            {
                ScoreTrack track = item.Track;
                int first = Math.Max(track.FirstStep, Start.Detector.WarmUpSteps);
                foreach ((float score, _) in ScorePeaks.Find(track.Smooth(Start.Detector), track.Outputs, keyword, first, gap, ScoreTail.LeastScore))
                {
                    peaks.Add(score);
                }
            }
        }

        var tail = new ScoreTail(peaks, Math.Max(ReplayedItem.Hours(items, item => item.Keyword < 0), step / 3600));
        float threshold = Math.Clamp((float)tail.ThresholdFor(_options.FalseAcceptsPerHour), LowestThreshold, HighestThreshold);
        return (threshold, tail.RateAt(threshold));
    }
}
