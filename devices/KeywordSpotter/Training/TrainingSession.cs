using System.Diagnostics;
using KeywordSpotter.Data;
using KeywordSpotter.Spotting;
using Seq.Embedded.Audio;
using Seq.Embedded.Training;

namespace KeywordSpotter.Training;

/// <summary>One training run: epochs of batches, validation and hard-negative search after them, the best epoch kept.</summary>
internal sealed class TrainingSession : IDisposable
{
    private const float UnknownThreshold = 0.5f; // when nothing is held back to choose one

    private readonly TrainingData _data;
    private readonly TrainingOptions _options;
    private readonly FeatureSettings _features = new();
    private readonly DetectorSettings _detector;
    private readonly Validator _validator;
    private readonly HardNegativeMiner _miner;
    private readonly KeywordModel.Trainer _trainer;
    private readonly OneCycleSchedule _schedule;
    private readonly DetectorLoss _loss;
    private readonly ExampleMaker[] _makers;
    private readonly Example[] _slots;
    private readonly int[] _labels;
    private int _updates;

    public TrainingSession(TrainingData data, TrainingOptions options)
    {
        _data = data;
        _options = options;
        int outputs = 1 + data.Keywords.Count;
        int steps = ExampleMaker.Steps(options, _features);
        _detector = new DetectorSettings { Thresholds = DetectorSettings.Same(UnknownThreshold, data.Keywords.Count) };
        _validator = new Validator(data, _features.SampleRate, options.Threads);
        _miner = new HardNegativeMiner(data, options, _features.SampleRate);
        _trainer = KeywordModel.Create(outputs, options.Seed).CreateTrainer(new TrainerOptions
        {
            MaxBatch = options.Batch,
            MaxSteps = steps,
            ClipNorm = (float)options.ClipNorm,
            Optimizer = new AdamWSettings { WeightDecay = options.WeightDecay },
            Seed = (ulong)options.Seed,
            Threads = (options.Threads + 1) / 2, // the other half prepares examples meanwhile
        });
        _schedule = new OneCycleSchedule((float)options.LearningRate, options.Epochs * options.Steps, warmUp: 0.2);
        _loss = new DetectorLoss(outputs, _detector.SmoothingSteps, _detector.WarmUpSteps, options.NegativeWeight);
        _makers = new ExampleMaker[options.Threads];
        for (int i = 0; i < _makers.Length; i++)
        {
            _makers[i] = new ExampleMaker(data, options, _features);
        }

        _slots = new Example[2 * options.Batch];
        for (int i = 0; i < _slots.Length; i++)
        {
            _slots[i] = new Example(steps, _features.FeatureCount);
        }

        _labels = new int[options.Batch];
    }

    /// <summary>Bytes of weights, gradients, moments and activations, and of the examples that are prepared ahead.</summary>
    public (long Trainer, long Examples) Memory => (_trainer.MemoryBytes, (long)_slots.Length * _slots[0].Features.Length * sizeof(float));

    /// <summary>Trains until the last epoch or until stopped.</summary>
    /// <param name="ended">Told about each epoch, with the model after it.</param>
    /// <param name="stop">Ends training after the current batch.</param>
    /// <exception cref="InputException">The loss is no longer a number.</exception>
    public void Run(Action<EpochReport, SpotterModel> ended, CancellationToken stop)
    {
        var watch = Stopwatch.StartNew();
        double bestCost = double.PositiveInfinity;
        try
        {
            for (int epoch = 0; epoch < _options.Epochs; epoch++)
            {
                double loss = Epoch(epoch, stop);
                SpotterModel model = SpotterModel.Create(_trainer.ToModel(), _data.Keywords, _features, _detector);
                ValidationResult? result = _validator.CanMeasure ? _validator.Measure(model, stop) : null;
                bool best = result is null || result.Cost <= bestCost;
                bestCost = best && result is not null ? result.Cost : bestCost;
                TimeSpan elapsed = watch.Elapsed;
                TimeSpan left = elapsed * ((_options.Epochs - epoch - 1) / (epoch + 1.0));
                float rate = _schedule.GetLearningRate(_updates - 1);
                ended(new EpochReport(epoch + 1, loss, rate, result, best, elapsed, left), result is null ? model : model.WithThreshold(result.Threshold));
                if (_options.MineEvery > 0 && (epoch + 1) % _options.MineEvery == 0 && epoch + 1 < _options.Epochs)
                {
                    _miner.Search(model, epoch, stop);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // What was reported so far stands.
        }
    }

    public void Dispose() => _trainer.Dispose();

    private double Epoch(int epoch, CancellationToken stop)
    {
        double loss = 0;
        Action<int, Example>[] makers = Array.ConvertAll(_makers, maker => (Action<int, Example>)((index, example) => maker.Make(epoch, index, _miner.Pool, example)));
        using var queue = new ExampleQueue(makers, _slots, _options.Steps * _options.Batch);
        for (int batch = 0; batch < _options.Steps; batch++)
        {
            stop.ThrowIfCancellationRequested();
            loss += Batch(queue);
            if (!double.IsFinite(loss))
            {
                throw new InputException($"training diverged in epoch {epoch + 1}: the loss is no number; a lower --learning-rate than {_options.LearningRate} may help");
            }
        }

        return loss / _options.Steps;
    }

    private double Batch(ExampleQueue queue)
    {
        _trainer.Clear();
        for (int i = 0; i < _options.Batch; i++)
        {
            Example example = queue.Take();
            _labels[i] = example.Label;
            _trainer.Add(example.Features);
            queue.Release();
        }

        _trainer.Forward();
        double loss = 0;
        for (int i = 0; i < _options.Batch; i++)
        {
            loss += _trainer.Detector(i, _labels[i], _loss, 1.0 / _options.Batch);
        }

        if (double.IsFinite(loss))
        {
            _trainer.Backward();
            _trainer.Update(_schedule.GetLearningRate(_updates++));
        }

        return loss;
    }
}
