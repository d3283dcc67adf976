using System.Diagnostics;
using System.Globalization;
using KeywordSpotter.Data;
using KeywordSpotter.Spotting;
using Seq.Embedded.Audio;
using Seq.Embedded.Training;
using Seq.Embedded.Weights;

namespace KeywordSpotter.Training;

/// <summary>One training run: epochs of batches, validation and hard-negative search after them, the best epoch kept.</summary>
internal sealed class TrainingSession : IDisposable
{
    private const double CostMargin = 0.01; // a later epoch is kept that seems worse by no more: of a hundred clips that are held back, that is one
    private const float UnknownThreshold = 0.5f; // when nothing is held back to choose one
    private const string RecipeKey = "kws.recipe";
    private const string DataKey = "kws.data";
    private const string HistoryKey = "kws.history";

    private readonly TrainingData _data;
    private readonly TrainingOptions _options;
    private readonly FeatureSettings _features = new();
    private readonly DetectorSettings _detector;
    private readonly Validator _validator;
    private readonly HardNegativeMiner _miner;
    private readonly JointOutputs _outputs;
    private readonly JointModel.Trainer _trainer;
    private readonly OneCycleSchedule _schedule;
    private readonly JointLoss[] _losses; // one a thread
    private readonly ExampleMaker[] _makers;
    private readonly Example[] _slots;
    private readonly int[] _labels;
    private readonly int[][] _targets; // of each example, as an example has them
    private readonly double[] _exampleLosses;
    private readonly List<EpochReport> _epochs = [];

    /// <param name="data">What to learn from.</param>
    /// <param name="options">The recipe.</param>
    /// <param name="start">Weights to begin with (<see cref="SaveJoint"/>, or a keyword model); null for random ones.</param>
    /// <exception cref="WeightFileException">The file is of another network.</exception>
    public TrainingSession(TrainingData data, TrainingOptions options, SafeTensorsFile? start = null)
    {
        _data = data;
        _options = options;
        _outputs = JointOutputs.Of(data);
        int steps = ExampleMaker.Steps(options, _features);
        _detector = new DetectorSettings { Thresholds = DetectorSettings.Same(UnknownThreshold, data.Keywords.Count) };
        _validator = new Validator(data, _features.SampleRate, options.Threads);
        _miner = new HardNegativeMiner(data, options, _features.SampleRate);
        _trainer = JointWeights.Create(_outputs, options.Seed, start).CreateTrainer(CreateOptions(options, steps));
        _schedule = new OneCycleSchedule((float)options.LearningRate, options.Epochs * options.Steps, warmUp: 0.2);
        _losses = new JointLoss[options.Threads];
        for (int i = 0; i < _losses.Length; i++)
        {
            _losses[i] = new JointLoss(_outputs, options, _detector.SmoothingOf(0), _detector.WarmUpSteps, steps);
        }

        _makers = new ExampleMaker[options.Threads];
        for (int i = 0; i < _makers.Length; i++)
        {
            _makers[i] = new ExampleMaker(data, options, _features);
        }

        _slots = new Example[ExamplesAhead(options)];
        for (int i = 0; i < _slots.Length; i++)
        {
            _slots[i] = new Example(steps, _features.FeatureCount, targets: 2 * steps);
        }

        _labels = new int[options.Batch];
        _exampleLosses = new double[options.Batch];
        _targets = new int[options.Batch][];
        for (int i = 0; i < _targets.Length; i++)
        {
            _targets[i] = new int[2 * steps];
        }
    }

    /// <summary>Bytes of weights, gradients, moments and activations, and of the examples that are prepared ahead: known before they are taken.</summary>
    /// <param name="options">The recipe.</param>
    /// <param name="keywords">How many keywords there are.</param>
    public static (long Trainer, long Examples) GetMemory(TrainingOptions options, int keywords)
    {
        var features = new FeatureSettings();
        int steps = ExampleMaker.Steps(options, features);
        return (JointModel.GetTrainerMemoryBytes(CreateOptions(options, steps), 1 + keywords), (long)ExamplesAhead(options) * steps * features.FeatureCount * sizeof(float));
    }

    /// <summary>The epochs so far.</summary>
    public IReadOnlyList<EpochReport> Epochs => _epochs;

    /// <summary>The best of them, or the last where nothing is held back; null before the first.</summary>
    public EpochReport? Kept => _epochs.FindLast(epoch => epoch.Best);

    /// <summary>The recipe of the session that was saved to a file.</summary>
    /// <exception cref="InputException">The file is no checkpoint of kws train.</exception>
    /// <exception cref="WeightFileException">The file is damaged.</exception>
    public static string ReadRecipe(string path) =>
        SafeTensorsFile.Read(path).Metadata.GetValueOrDefault($"text.{RecipeKey}") ?? throw new InputException($"{path}: is no checkpoint of kws train");

    /// <summary>Writes all that is needed to go on, atomically.</summary>
    /// <param name="path">The file.</param>
    /// <param name="recipe">For <see cref="ReadRecipe"/>.</param>
    public void Save(string path, string recipe) => _trainer.SaveCheckpoint(path, new Dictionary<string, string>
    {
        [RecipeKey] = recipe,
        [DataKey] = Fingerprint,
        [HistoryKey] = TrainingHistory.Write(_epochs, _miner.Pool, _data.TrainingBackground.All),
    });

    /// <summary>Writes the network of this moment with all its outputs, so that another training can start from it.</summary>
    public void SaveJoint(string path) => _trainer.ToModel().Save(path, new Dictionary<string, string> { [JointWeights.LabelsKey] = SpotterModel.FormatLabels(_outputs.Labels) });

    /// <summary>Goes on where a session of the same recipe and recordings was saved: to the same model, bit for bit, as without the interruption.</summary>
    /// <exception cref="InputException">The recordings are others.</exception>
    /// <exception cref="WeightFileException">The file is damaged.</exception>
    public void Load(string path)
    {
        IReadOnlyDictionary<string, string> texts = _trainer.LoadCheckpoint(path);
        if (texts[DataKey] != Fingerprint)
        {
            throw new InputException($"{path}: was made from other recordings, or others of them were held back; allowed: those that training began with");
        }

        (List<EpochReport> epochs, _miner.Pool) = TrainingHistory.Read(texts[HistoryKey], _data.TrainingBackground.All);
        _epochs.Clear();
        _epochs.AddRange(epochs);
    }

    /// <summary>Trains until the last epoch or until stopped.</summary>
    /// <param name="ended">Told about each epoch, with the model after it.</param>
    /// <param name="complete">Called after each epoch and the search that follows it: what is saved now can be gone on from.</param>
    /// <param name="tell">Told in a line about batches that were left out.</param>
    /// <param name="stop">Ends training after the current batch.</param>
    /// <exception cref="InputException">The loss is no longer a number.</exception>
    public void Run(Action<EpochReport, SpotterModel> ended, Action complete, Action<string> tell, CancellationToken stop)
    {
        var watch = Stopwatch.StartNew();
        int first = _epochs.Count;
        TimeSpan before = first > 0 ? _epochs[^1].Elapsed : TimeSpan.Zero;
        try
        {
            for (int epoch = first; epoch < _options.Epochs; epoch++)
            {
                double loss = Epoch(epoch, tell, stop);
                SpotterModel model = CreateModel();
                ValidationResult? result = _validator.CanMeasure ? _validator.Measure(model, stop) : null;
                bool best = result is null || _epochs.TrueForAll(other => other.Validation is not { } earlier || result.Cost <= earlier.Cost + CostMargin);
                TimeSpan left = watch.Elapsed * ((_options.Epochs - epoch - 1) / (epoch + 1.0 - first));
                float rate = _schedule.GetLearningRate(((epoch + 1) * _options.Steps) - 1);
                var report = new EpochReport(epoch + 1, loss, rate, best ? result : result! with { Detail = null }, best, before + watch.Elapsed, left);
                _epochs.Add(report);
                ended(report, result is null ? model : model.WithThreshold(result.Threshold));
                if (_options.MineEvery > 0 && (epoch + 1) % _options.MineEvery == 0 && epoch + 1 < _options.Epochs)
                {
                    _miner.Search(model, epoch, stop);
                }

                complete();
            }
        }
        catch (OperationCanceledException)
        {
            // What was reported so far stands.
        }
    }

    /// <summary>Tries how fast this machine is. The session is used up: it has learned from a few batches.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled.</exception>
    public TrainingPace Measure(CancellationToken stop)
    {
        const int WarmUpBatches = 2;
        const int Batches = 6;
        const double SearchMinutes = 2;

        var watch = Stopwatch.StartNew();
        using (ExampleQueue queue = CreateQueue(epoch: 0, WarmUpBatches + Batches))
        {
            for (int batch = 0; batch < WarmUpBatches + Batches; batch++)
            {
                stop.ThrowIfCancellationRequested();
                if (batch == WarmUpBatches)
                {
                    watch.Restart();
                }

                Batch(queue, 0, new EpochLoss(_options.LearningRate));
            }
        }

        double batchSeconds = watch.Elapsed.TotalSeconds / Batches;
        SpotterModel model = CreateModel();
        watch.Restart();
        if (_validator.CanMeasure)
        {
            _validator.Measure(model, stop);
        }

        double validationSeconds = watch.Elapsed.TotalSeconds;
        if (_options.MineEvery == 0 || _options.Epochs <= _options.MineEvery)
        {
            return new TrainingPace(batchSeconds, validationSeconds, 0);
        }

        TrainingOptions brief = _options with { MineMinutes = Math.Min(SearchMinutes, _options.MineMinutes) };
        watch.Restart();
        new HardNegativeMiner(_data, brief, _features.SampleRate).Search(model, 0, stop);
        return new TrainingPace(batchSeconds, validationSeconds, watch.Elapsed.TotalSeconds * _options.MineMinutes / brief.MineMinutes);
    }

    public void Dispose() => _trainer.Dispose();

    private static int ExamplesAhead(TrainingOptions options) => options.ExamplesAhead > 0 ? options.ExamplesAhead : 2 * options.Batch;

    private static TrainerOptions CreateOptions(TrainingOptions options, int steps) => new()
    {
        MaxBatch = options.Batch,
        MaxSteps = steps,
        ClipNorm = (float)options.ClipNorm,
        Optimizer = new AdamWSettings { WeightDecay = options.WeightDecay },
        ActivationCheckpointSteps = options.ActivationSteps,
        Seed = (ulong)options.Seed,
        Threads = (options.Threads + 1) / 2, // the other half prepares examples meanwhile
    };

    private string Fingerprint => _data.GetFingerprint().ToString("x16", CultureInfo.InvariantCulture);

    private SpotterModel CreateModel() => SpotterModel.Create(JointWeights.ToKeywordModel(_trainer.ToModel(), _outputs), _data.Keywords, _features, _detector);

    private ExampleQueue CreateQueue(int epoch, int batches) => new(
        Array.ConvertAll(_makers, maker => (Action<int, Example>)((index, example) => maker.Make(epoch, index, _miner.Pool, example))), _slots, batches * _options.Batch);

    private double Epoch(int epoch, Action<string> tell, CancellationToken stop)
    {
        var loss = new EpochLoss(_options.LearningRate);
        using ExampleQueue queue = CreateQueue(epoch, _options.Steps);
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

    /// <summary>The losses and gradients of a thread's part of the batch.</summary>
    private int Differentiate(JointLoss joint)
    {
        int count = 0;
        for (int i = Array.IndexOf(_losses, joint); i < _options.Batch; i += _losses.Length)
        {
            int steps = _targets[i].Length / 2;
            _exampleLosses[i] = joint.Compute(
                _trainer.GetOutputs(i), _labels[i], _targets[i].AsSpan(0, steps), _targets[i].AsSpan(steps), 1.0 / _options.Batch, _trainer.GetOutputGradients(i));
            count++;
        }

        return count;
    }

    private void Batch(ExampleQueue queue, int number, EpochLoss sum)
    {
        _trainer.Clear();
        for (int i = 0; i < _options.Batch; i++)
        {
            Example example = queue.Take();
            _labels[i] = example.Label;
            example.Targets.CopyTo(_targets[i], 0);
            _trainer.Add(example.Features);
            queue.Release();
        }

        _trainer.Forward();
        Parallelism.Map(_losses, _losses.Length, CancellationToken.None, Differentiate);
        _trainer.Backward();
        sum.Add(_exampleLosses.Sum(), _trainer.Update(_schedule.GetLearningRate(number)));
    }
}
