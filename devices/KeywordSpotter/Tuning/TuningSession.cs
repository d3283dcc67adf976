using KeywordSpotter.Data;
using KeywordSpotter.Spotting;
using KeywordSpotter.Training;
using Seq.Embedded.Audio;
using Seq.Embedded.Training;

namespace KeywordSpotter.Tuning;

/// <summary>
/// One training of a model on a few clips. A batch is made of varied clips, of what is near to them but no keyword (halves, backwards, pieces), and of replayed
/// examples; for these the loss has a second part, the cross-entropy with what the model answered before (distillation), so that it goes on answering so.
/// Examples wait in pools, as what the frozen layers made of them, and are heard again; of those without a tuned keyword the hard ones more often.
/// </summary>
internal sealed class TuningSession : IDisposable
{
    /// <summary>What the figures of a model are for: so many clips, and examples of so many seconds.</summary>
    public const int UsualClips = 10;
    public const double UsualSeconds = 1.6;

    // Examples in the pools, which take most of the memory, and new ones for each batch.
    private const int OwnKeywords = 320;
    private const int OwnOthers = 160;
    private const int ReplayedOthers = 480;
    private const int ReplayedKeywords = 160;
    private const int LeastInPools = 40;
    private const int NewOwn = 2;
    private const int NewReplayed = 2;

    private const double OwnKeywordPart = 0.67; // of what is not replayed in a batch
    private const double ReplayedKeywordPart = 0.27; // of what is replayed
    private const double PrecededPart = 0.4; // of the keywords: other speech comes before them
    private const int Among = 4; // examples, of which the hardest is learned from
    private const double EasyPart = 0.3; // of the batches: a model that has learned nothing finds nothing hard
    private const double WarmUp = 0.2; // of the schedule
    private const double AverageDecay = 0.99;
    private const int CopiesOfClips = 2; // as they are and backwards
    private const int UsualReplay = 900;
    private const float Smallest = 1e-4f; // of a posterior that is divided by
    private const ulong Purpose = 0x7265706C6179; // keeps these draws apart from those of the examples

    private readonly TuningOptions _options;
    private readonly TrainingOptions _examples;
    private readonly TrainingData _data;
    private readonly ReplaySet? _replay;
    private readonly int[] _numbers; // of the keywords of the data in the model
    private readonly int[] _replayNumbers; // of the keywords of the replay set in the model, -1 for none
    private readonly int[] _replayOthers; // replayed examples without a keyword
    private readonly int[] _replayKeywords; // those with one
    private readonly NetworkStream _untuned;
    private readonly FeatureVariation _variation;
    private readonly SpotterModel _start;
    private readonly KeywordModel.Trainer _trainer;
    private readonly OneCycleSchedule _schedule;
    private readonly DetectorLoss _loss;
    private readonly ExamplePool _ownKeywords = new(OwnKeywords);
    private readonly ExamplePool _ownOthers = new(OwnOthers);
    private readonly ExamplePool _replayedOthers = new(ReplayedOthers);
    private readonly ExamplePool _replayedKeywords = new(ReplayedKeywords);
    private readonly PooledExample[] _batch;
    private readonly float[] _features;

    /// <param name="start">The model, with outputs for all keywords.</param>
    /// <param name="network">Its network.</param>
    /// <param name="data">The clips.</param>
    /// <param name="replay">Examples to replay; null for none.</param>
    /// <param name="learned">Those of them that are learned from.</param>
    /// <param name="options">How to tune.</param>
    public TuningSession(SpotterModel start, KeywordModel network, TrainingData data, ReplaySet? replay, int[] learned, TuningOptions options)
    {
        _options = options;
        _examples = options.Examples(Seconds(options, start.Features, replay), data.TrainingBackground.Words.Length > 0);
        _data = data;
        _replay = replay;
        _start = start;
        string[] keywords = [.. start.Keywords];
        _numbers = Array.ConvertAll([.. data.Keywords], name => Array.IndexOf(keywords, name));
        _replayNumbers = replay is null ? [] : Array.ConvertAll([.. replay.Keywords], name => Array.IndexOf(keywords, name));
        _replayOthers = Array.FindAll(learned, example => KeywordOf(example) < 0);
        _replayKeywords = Array.FindAll(learned, example => KeywordOf(example) >= 0);
        int steps = ExampleMaker.Steps(_examples, start.Features);
        _trainer = network.CreateTrainer(CreateOptions(options, steps));
        _schedule = new OneCycleSchedule((float)options.LearningRate, options.Steps, WarmUp);
        _loss = new DetectorLoss(network.OutputSize, start.Detector.SmoothingSteps.Max(), start.Detector.WarmUpSteps, _examples.NegativeWeight);
        _untuned = start.Network.CreateStream();
        _variation = new FeatureVariation(start.Features, steps);
        _batch = new PooledExample[options.Batch];
        _features = new float[steps * start.Features.FeatureCount];
    }

    /// <summary>Length of the examples in seconds: that of those to replay, if there are any.</summary>
    public static double Seconds(TuningOptions options, FeatureSettings features, ReplaySet? replay) => replay is null
        ? options.Seconds
        : (((((((replay.Steps - 1) * features.Stride) + features.Stack - 1) * features.HopSamples) + features.WindowSamples) + 1) / (double)features.SampleRate);

    /// <summary>Bytes that the trainer, the pools, the examples to replay and the clips take: known before they are taken.</summary>
    /// <param name="options">How to tune.</param>
    /// <param name="model">The model, with outputs for all keywords.</param>
    /// <param name="replay">Examples to replay; null for the usual ones.</param>
    /// <param name="audio">Bytes of the audio (<see cref="GetAudioBytes"/>); null for those of the usual clips without background.</param>
    public static long GetMemory(TuningOptions options, SpotterModel model, ReplaySet? replay = null, long? audio = null)
    {
        FeatureSettings features = model.Features;
        int outputs = model.Network.OutputSize;
        int steps = ExampleMaker.Steps(options.Examples(Seconds(options, features, replay), background: false), features);
        int width = model.Network.Layers[LowestTuned(options.Layers)].Inputs;
        const int replayed = ReplayedOthers + ReplayedKeywords;
        long pooled = ((OwnKeywords + OwnOthers + replayed) * (long)width) + (replayed * (long)outputs);
        return KeywordModel.GetTrainerMemoryBytes(CreateOptions(options, steps), outputs)
            + (pooled * steps * sizeof(float))
            + (replay?.Bytes ?? (UsualReplay * steps * (long)features.FeatureCount / 2))
            + (audio ?? (long)(CopiesOfClips * UsualClips * UsualSeconds * features.SampleRate * sizeof(short)));
    }

    /// <summary>Bytes of the audio that a session holds: the clips, these backwards, and the background.</summary>
    public static long GetAudioBytes(TrainingData data)
    {
        static long Samples(IEnumerable<Clip> clips) => clips.Sum(clip => clip.Samples.LongLength);
        return ((CopiesOfClips * Samples(data.Training.SelectMany(some => some))) + Samples(data.TrainingBackground.All)) * sizeof(short);
    }

    /// <summary>What a trainer for tuning is made with.</summary>
    public static TrainerOptions CreateOptions(TuningOptions options, int steps) => new()
    {
        MaxBatch = options.Batch,
        MaxSteps = steps,
        Optimizer = new AdamWSettings { WeightDecay = 0 }, // the weights are good where they are
        AverageDecay = AverageDecay,
        FrozenLayers = KeywordModel.LayerNames[..LowestTuned(options.Layers)],
        Seed = (ulong)options.Seed,
        Threads = options.Threads,
    };

    /// <summary>Tunes.</summary>
    /// <param name="told">Told after each batch how many are done, and its loss.</param>
    /// <param name="tell">Told in a line about batches that were left out.</param>
    /// <param name="stop">Ends the work after the current batch.</param>
    /// <returns>The model, the mean of its last states.</returns>
    /// <exception cref="InputException">The loss is no longer a number.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled.</exception>
    public SpotterModel Run(Action<int, double> told, Action<string> tell, CancellationToken stop)
    {
        var sum = new EpochLoss(_options.LearningRate);
        var makers = new Action<int, Example>[_options.Threads];
        for (int i = 0; i < makers.Length; i++)
        {
            var maker = new ExampleMaker(_data, _examples, _start.Features);
            makers[i] = (index, example) => maker.Make(0, index, [], example);
        }

        var slots = new Example[Math.Max(makers.Length + 1, 2 * NewOwn)];
        for (int i = 0; i < slots.Length; i++)
        {
            slots[i] = new Example(_features.Length / _start.Features.FeatureCount, _start.Features.FeatureCount);
        }

        int first = Math.Min(OwnKeywords + OwnOthers, Math.Max(LeastInPools, NewOwn * _options.Steps)); // brief tunings need no full pools
        using var queue = new ExampleQueue(makers, slots, first + (NewOwn * _options.Steps));
        Draws draws = Draws.For((ulong)_options.Seed, Purpose, 0);
        AddOwn(queue, first, ref draws);
        AddReplayed(Math.Min(ReplayedOthers + ReplayedKeywords, Math.Max(LeastInPools, NewReplayed * _options.Steps)), ref draws);
        for (int batch = 0; batch < _options.Steps; batch++)
        {
            stop.ThrowIfCancellationRequested();
            AddOwn(queue, NewOwn, ref draws);
            AddReplayed(NewReplayed, ref draws);
            told(batch + 1, Batch(batch, sum, ref draws));
        }

        if (sum.Describe() is { } text)
        {
            tell(text);
        }

        sum.GetMean(); // throws where none is a number
        return SpotterModel.Create(_trainer.ToAverageModel(), _start.Keywords, _start.Features, _start.Detector);
    }

    public void Dispose() => _trainer.Dispose();

    private static int LowestTuned(TunedLayers layers) => layers switch
    {
        TunedLayers.Head => KeywordModel.LayerNames.Length - 1,
        TunedLayers.Last => KeywordModel.LayerNames.Length - 2,
        _ => 0,
    };

    /// <summary>The model's number of the keyword of a replayed example, -1 for none.</summary>
    private int KeywordOf(int example) => _replay!.GetLabel(example) is > 0 and { } label ? _replayNumbers[label - 1] : -1;

    private void AddOwn(ExampleQueue queue, int count, ref Draws draws)
    {
        for (int i = 0; i < count; i++)
        {
            Example example = queue.Take();
            _replay?.Round(example.Features);
            _variation.Apply(ref draws, example.Features);
            int label = example.Label == 0 ? 0 : 1 + _numbers[example.Label - 1];
            if (label > 0 && _replayOthers.Length > 0 && draws.Chance(PrecededPart))
            {
                _replay!.CopyTo(_replayOthers[draws.Below(_replayOthers.Length)], _features);
                Splice.Precede(ref draws, _features, example.Features, _start.Features.FeatureCount);
            }

            Put((label > 0 ? _ownKeywords : _ownOthers).Next(), label, example.Features);
            queue.Release();
        }
    }

    private void AddReplayed(int count, ref Draws draws)
    {
        for (int i = 0; i < count && _replayOthers.Length + _replayKeywords.Length > 0; i++)
        {
            bool keyword = _replayOthers.Length == 0 || (_replayKeywords.Length > 0 && draws.Chance(ReplayedKeywordPart));
            int[] some = keyword ? _replayKeywords : _replayOthers;
            int number = some[draws.Below(some.Length)];
            _replay!.CopyTo(number, _features);
            _variation.Apply(ref draws, _features);
            PooledExample example = (keyword ? _replayedKeywords : _replayedOthers).Next();
            Put(example, 1 + KeywordOf(number), _features);
            Answer(_features, example);
        }
    }

    /// <summary>Fills a place of a pool.</summary>
    private void Put(PooledExample example, int label, ReadOnlySpan<float> features)
    {
        example.Label = label;
        example.Hardness = 1;
        if (LowestTuned(_options.Layers) == 0)
        {
            example.Rows = [.. features];
            return;
        }

        _trainer.Clear();
        _trainer.Add(features);
        ReadOnlySpan<float> rows = _trainer.GetFrozenRows(0);
        if (example.Rows.Length != rows.Length)
        {
            example.Rows = new float[rows.Length];
        }

        rows.CopyTo(example.Rows);
    }

    /// <summary>What the model answered to features (T, F) before it was tuned.</summary>
    private void Answer(ReadOnlySpan<float> features, PooledExample example)
    {
        int outputs = _start.Network.OutputSize;
        if (example.Before.Length == 0)
        {
            example.Before = new float[features.Length / _start.Features.FeatureCount * outputs];
        }

        _untuned.Reset();
        Span<float> posteriors = example.Before;
        for (; !features.IsEmpty; features = features[_start.Features.FeatureCount..], posteriors = posteriors[outputs..])
        {
            _untuned.Step(features[.._start.Features.FeatureCount], posteriors[..outputs]);
        }
    }

    private double Batch(int number, EpochLoss sum, ref Draws draws)
    {
        _trainer.Clear();
        int among = number < EasyPart * _options.Steps ? 1 : Among;
        int replayed = _replayedOthers.Count + _replayedKeywords.Count > 0 ? (int)(_options.Replay * _options.Batch) : 0;
        int ownKeywords = (int)Math.Round(OwnKeywordPart * (_options.Batch - replayed));
        int replayedKeywords = _replayedOthers.Count == 0 ? replayed : _replayedKeywords.Count == 0 ? 0 : (int)(ReplayedKeywordPart * replayed);
        for (int i = 0; i < _options.Batch; i++)
        {
            bool own = i < _options.Batch - replayed;
            bool keyword = own ? i < ownKeywords : i >= _options.Batch - replayedKeywords;
            ExamplePool pool = (own, keyword) switch
            {
                (true, true) => _ownKeywords,
                (true, false) => _ownOthers.Count > 0 ? _ownOthers : _ownKeywords,
                (false, true) => _replayedKeywords,
                (false, false) => _replayedOthers,
            };
            _batch[i] = pool.Draw(ref draws, keyword ? 1 : among);
            if (LowestTuned(_options.Layers) == 0)
            {
                _trainer.Add(_batch[i].Rows);
            }
            else
            {
                _trainer.AddFrozenRows(_batch[i].Rows, _features.Length / _start.Features.FeatureCount);
            }
        }

        _trainer.Forward();
        double scale = 1.0 / _options.Batch;
        double loss = 0;
        for (int i = 0; i < _options.Batch; i++)
        {
            PooledExample example = _batch[i];
            example.Hardness = LoudestOther(_trainer.GetOutputs(i), example.Label);
            loss += _trainer.Detector(i, example.Label, _loss, scale);
            if (example.Before.Length > 0)
            {
                loss += Distil(_trainer.GetOutputs(i), example.Before, scale * _options.Distillation, _trainer.GetOutputGradients(i));
            }
        }

        _trainer.Backward();
        sum.Add(loss, _trainer.Update(_schedule.GetLearningRate(number)));
        return loss;
    }

    /// <summary>The highest posterior of a keyword that is not spoken.</summary>
    private float LoudestOther(ReadOnlySpan<float> posteriors, int label)
    {
        int outputs = _start.Network.OutputSize;
        float most = 0;
        for (int i = 0; i < posteriors.Length; i++)
        {
            int output = i % outputs;
            most = output != 0 && output != label ? Math.Max(most, posteriors[i]) : most;
        }

        return most;
    }

    /// <summary>-scale mean_t sum_k before_tk log p_tk, and its gradient, added to.</summary>
    private double Distil(ReadOnlySpan<float> posteriors, ReadOnlySpan<float> before, double scale, Span<float> gradient)
    {
        double part = scale / (posteriors.Length / _start.Network.OutputSize);
        double loss = 0;
        for (int i = 0; i < posteriors.Length; i++)
        {
            float posterior = Math.Max(posteriors[i], Smallest);
            loss -= before[i] * Math.Log(posterior);
            gradient[i] -= (float)(part * before[i] / posterior);
        }

        return loss * part;
    }
}
