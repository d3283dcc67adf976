using KeywordSpotter.Data;
using KeywordSpotter.Spotting;
using KeywordSpotter.Training;
using Seq.Embedded.Audio;
using Seq.Embedded.Training;

namespace KeywordSpotter.Tuning;

/// <summary>
/// Tunes a model on a few clips. A batch is made of varied clips and of replayed examples; for these the loss has a second part, the cross-entropy with
/// what the model answered before (distillation), so that it goes on answering so.
/// </summary>
internal sealed class TuningSession : IDisposable
{
    /// <summary>What the figures of a model are for: so many clips, and examples of so many seconds.</summary>
    public const int UsualClips = 20;
    public const double UsualSeconds = 1.6;

    private const int CopiesOfClips = 2; // as they are and backwards
    private const int UsualReplay = 144;
    private const int UsualReplaySteps = 79;
    private const double CostMargin = 0.02; // a later epoch is kept that seems worse by no more: with a handful of clips, differences are chance
    private const float Smallest = 1e-4f; // of a posterior that is divided by
    private const ulong ReplayPurpose = 0x7265706C6179; // keeps these draws apart from those of the examples

    private readonly TuningOptions _options;
    private readonly TrainingData _data;
    private readonly ReplaySet? _replay;
    private readonly int[] _numbers; // of the keywords of the data in the model
    private readonly int[] _replayNumbers; // of the keywords of the replay set in the model, -1 for none
    private readonly int[] _learned; // replayed examples that are learned from
    private readonly float[][] _before; // (T, outputs) of each replayed example of a batch: what the model answered before it was tuned
    private readonly NetworkStream _untuned;
    private readonly FeatureVariation _variation;
    private readonly FeatureVariation _replayVariation;
    private readonly TuningValidator _validator;
    private readonly SpotterModel _start;
    private readonly KeywordModel.Trainer _trainer;
    private readonly OneCycleSchedule _schedule;
    private readonly DetectorLoss _loss;
    private readonly ExampleMaker[] _makers;
    private readonly Example[] _slots;
    private readonly int[] _labels;
    private readonly float[] _features;
    private readonly int _replayed; // examples of a batch

    /// <param name="start">The model, with outputs for all keywords.</param>
    /// <param name="network">Its network.</param>
    /// <param name="data">The clips.</param>
    /// <param name="replay">Examples to replay; null for none.</param>
    /// <param name="options">How to tune.</param>
    public TuningSession(SpotterModel start, KeywordModel network, TrainingData data, ReplaySet? replay, TuningOptions options)
    {
        _options = options;
        _data = data;
        _replay = replay;
        _start = start;
        string[] keywords = [.. start.Keywords];
        _numbers = Array.ConvertAll([.. data.Keywords], name => Array.IndexOf(keywords, name));
        _replayNumbers = replay is null ? [] : Array.ConvertAll([.. replay.Keywords], name => Array.IndexOf(keywords, name));
        int outputs = network.OutputSize;
        TrainingOptions examples = options.Examples();
        int steps = ExampleMaker.Steps(examples, start.Features);
        int[] all = [.. Enumerable.Range(0, replay?.Count ?? 0)];
        int[] held = options.Validation > 0 ? Array.FindAll(all, example => example % (int)Math.Round(1 / options.Validation) == 0) : [];
        _learned = [.. all.Except(held)];
        data = data.WithBackwardClips(start.Features.SampleRate);
        _validator = new TuningValidator(
            new Validator(data, start.Features.SampleRate, options.Threads, _numbers), replay, held, _replayNumbers, _numbers, options.Threads);
        _trainer = network.CreateTrainer(CreateOptions(options, Math.Max(steps, replay?.Steps ?? 0)));
        _schedule = new OneCycleSchedule((float)options.LearningRate, options.Epochs * options.Steps, warmUp: 0.2);
        _loss = new DetectorLoss(outputs, start.Detector.SmoothingSteps.Max(), start.Detector.WarmUpSteps, examples.NegativeWeight);
        _replayed = _learned.Length > 0 ? (int)(options.Replay * options.Batch) : 0;
        _makers = new ExampleMaker[options.Threads];
        for (int i = 0; i < _makers.Length; i++)
        {
            _makers[i] = new ExampleMaker(data, examples, start.Features);
        }

        _slots = new Example[options.Batch];
        for (int i = 0; i < _slots.Length; i++)
        {
            _slots[i] = new Example(steps, start.Features.FeatureCount);
        }

        _untuned = start.Network.CreateStream();
        _variation = new FeatureVariation(start.Features, steps);
        _before = new float[_replayed][];
        for (int i = 0; i < _before.Length; i++)
        {
            _before[i] = new float[replay!.Steps * outputs];
        }

        _labels = new int[options.Batch];
        _features = new float[(replay?.Steps ?? 0) * start.Features.FeatureCount];
        _replayVariation = new FeatureVariation(start.Features, replay?.Steps ?? 0);
    }

    /// <summary>Bytes that the trainer, the examples of a batch, those for replay and the clips take: known before they are taken.</summary>
    /// <param name="options">How to tune.</param>
    /// <param name="features">Of the model.</param>
    /// <param name="outputs">Of the model.</param>
    /// <param name="replay">Examples to replay; null for the usual ones.</param>
    /// <param name="audio">Bytes of the audio (<see cref="GetAudioBytes"/>); null for those of the usual clips without background.</param>
    public static long GetMemory(TuningOptions options, FeatureSettings features, int outputs, ReplaySet? replay = null, long? audio = null)
    {
        int steps = Math.Max(replay?.Steps ?? 0, ExampleMaker.Steps(options.Examples(), features));
        long example = (long)steps * features.FeatureCount;
        return KeywordModel.GetTrainerMemoryBytes(CreateOptions(options, steps), outputs)
            + (options.Batch * example * sizeof(float))
            + (replay?.Bytes ?? (UsualReplay * UsualReplaySteps * (long)features.FeatureCount))
            + (audio ?? (long)(CopiesOfClips * UsualClips * UsualSeconds * features.SampleRate * sizeof(short)));
    }

    /// <summary>Bytes of the audio that a session holds: the clips, these backwards, and the background.</summary>
    public static long GetAudioBytes(TrainingData data)
    {
        static long Samples(IEnumerable<Clip> clips) => clips.Sum(clip => clip.Samples.LongLength);
        long clips = Samples(data.Training.SelectMany(some => some)) + Samples(data.Validation.SelectMany(some => some));
        return ((CopiesOfClips * clips) + Samples(data.TrainingBackground.All) + Samples(data.ValidationBackground.All)) * sizeof(short);
    }

    /// <summary>Whether there is anything to measure with.</summary>
    public bool CanMeasure => Array.Exists(_data.Validation, clips => clips.Length > 0);

    /// <summary>What a trainer for tuning is made with.</summary>
    public static TrainerOptions CreateOptions(TuningOptions options, int steps) => new()
    {
        MaxBatch = options.Batch,
        MaxSteps = steps,
        Optimizer = new AdamWSettings { WeightDecay = 0 }, // the weights are good where they are
        FrozenLayers = options.Layers switch
        {
            TunedLayers.Head => KeywordModel.LayerNames[..^1],
            TunedLayers.Last => KeywordModel.LayerNames[..^2],
            _ => [],
        },
        Seed = (ulong)options.Seed,
        Threads = options.Threads,
    };

    /// <summary>How the model does before it is tuned, with the thresholds that it has.</summary>
    public TuningResult MeasureBefore(CancellationToken stop) => _validator.Measure(_start, choose: false, stop);

    /// <summary>Tunes until the last epoch or until stopped.</summary>
    /// <param name="ended">Told about each epoch.</param>
    /// <param name="tell">Told in a line about batches that were left out.</param>
    /// <param name="stop">Ends the work after the current batch.</param>
    /// <exception cref="InputException">The loss is no longer a number.</exception>
    public void Run(Action<TuningEpoch> ended, Action<string> tell, CancellationToken stop)
    {
        double best = double.PositiveInfinity;
        try
        {
            for (int epoch = 0; epoch < _options.Epochs; epoch++)
            {
                double loss = Epoch(epoch, tell, stop);
                SpotterModel model = SpotterModel.Create(_trainer.ToModel(), _start.Keywords, _start.Features, _start.Detector);
                TuningResult result = _validator.Measure(model, choose: true, stop);
                bool isBest = result.Cost <= best + CostMargin;
                best = Math.Min(best, result.Cost);
                ended(new TuningEpoch(epoch + 1, loss, result, isBest, model.With(_validator.With(model.Detector, result.Threshold))));
            }
        }
        catch (OperationCanceledException)
        {
            // What was reported so far stands.
        }
    }

    public void Dispose() => _trainer.Dispose();

    /// <summary>What the model answered to features (T, F) before it was tuned.</summary>
    private void Answer(ReadOnlySpan<float> features, Span<float> posteriors)
    {
        _untuned.Reset();
        for (; !features.IsEmpty; features = features[_start.Features.FeatureCount..], posteriors = posteriors[_start.Network.OutputSize..])
        {
            _untuned.Step(features[.._start.Features.FeatureCount], posteriors[.._start.Network.OutputSize]);
        }
    }

    /// <summary>The model's number of the keyword of a replayed example, -1 for none.</summary>
    private int KeywordOf(int example) => _replay!.GetLabel(example) is > 0 and { } label ? _replayNumbers[label - 1] : -1;

    private double Epoch(int epoch, Action<string> tell, CancellationToken stop)
    {
        var loss = new EpochLoss(_options.LearningRate);
        Action<int, Example>[] makers = Array.ConvertAll(_makers, maker => (Action<int, Example>)((index, example) => maker.Make(epoch, index, [], example)));
        using var queue = new ExampleQueue(makers, _slots, _options.Steps * (_options.Batch - _replayed));
        for (int batch = 0; batch < _options.Steps; batch++)
        {
            stop.ThrowIfCancellationRequested();
            Batch(queue, (epoch * _options.Steps) + batch, loss);
        }

        if (loss.Describe() is { } text)
        {
            tell($"epoch {epoch + 1}: {text}");
        }

        return loss.GetMean();
    }

    private void Batch(ExampleQueue queue, int number, EpochLoss sum)
    {
        _trainer.Clear();
        Draws draws = Draws.For((ulong)_options.Seed, ReplayPurpose, (ulong)number);
        int own = _options.Batch - _replayed;
        for (int i = 0; i < own; i++)
        {
            Example example = queue.Take();
            _labels[i] = example.Label == 0 ? 0 : 1 + _numbers[example.Label - 1];
            _variation.Apply(ref draws, example.Features);
            _trainer.Add(example.Features);
            queue.Release();
        }

        for (int i = 0; i < _replayed; i++)
        {
            int example = _learned[draws.Below(_learned.Length)];
            _labels[own + i] = 1 + KeywordOf(example);
            _replay!.CopyTo(example, _features);
            _replayVariation.Apply(ref draws, _features);
            Answer(_features, _before[i]);
            _trainer.Add(_features);
        }

        _trainer.Forward();
        double scale = 1.0 / _options.Batch;
        double loss = 0;
        for (int i = 0; i < _options.Batch; i++)
        {
            loss += _trainer.Detector(i, _labels[i], _loss, scale);
            if (i >= own)
            {
                loss += Distil(_trainer.GetOutputs(i), _before[i - own], scale * _options.Distillation, _trainer.GetOutputGradients(i));
            }
        }

        _trainer.Backward();
        sum.Add(loss, _trainer.Update(_schedule.GetLearningRate(number)));
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
