using System.Diagnostics;
using Chorales.Music;
using Seq.Embedded.Training;

namespace Chorales.Training;

/// <summary>One training run: epochs of batches of whole chorales, each moved to another key, validation after them.</summary>
internal sealed class TrainingSession : IDisposable
{
    private readonly TrainingData _data;
    private readonly TrainingOptions _options;
    private readonly Chorale[] _order;
    private readonly ChoraleModel.Trainer _trainer;
    private readonly OneCycleSchedule _schedule;
    private readonly float[] _inputs;
    private readonly float[][] _targets;
    private readonly LeftOutBatches _leftOut = new();
    private int _updates;

    public TrainingSession(TrainingData data, TrainingOptions options)
    {
        _data = data;
        _options = options;
        _order = [.. data.Training];
        int steps = 0;
        foreach (Chorale chorale in _order)
        {
            steps = Math.Max(steps, chorale.Length);
        }

        _inputs = new float[steps * Piano.Keys];
        _targets = new float[options.Batch][];
        for (int i = 0; i < _targets.Length; i++)
        {
            _targets[i] = new float[_inputs.Length];
        }

        _trainer = ChoraleModel.Create(options.Seed).CreateTrainer(new TrainerOptions
        {
            MaxBatch = options.Batch,
            MaxSteps = steps,
            ClipNorm = (float)options.ClipNorm,
            Optimizer = new AdamWSettings { WeightDecay = options.WeightDecay },
            Seed = (ulong)options.Seed,
            Threads = options.Threads,
        });
        int batches = ((_order.Length - 1) / options.Batch) + 1;
        _schedule = new OneCycleSchedule((float)options.LearningRate, options.Epochs * batches, warmUp: 0.1);
    }

    /// <summary>Trains until the last epoch, until the validation figure no longer improves, or until stopped.</summary>
    /// <param name="ended">Told about each epoch; its model is the best so far when it says so.</param>
    /// <param name="stop">Ends training after the current batch.</param>
    /// <exception cref="InputException">Ten batches in a row had a loss or gradient that is not finite.</exception>
    public void Run(Action<EpochReport> ended, CancellationToken stop)
    {
        var watch = Stopwatch.StartNew();
        var stopping = new EarlyStopping(_options.Patience);
        try
        {
            for (int epoch = 0; epoch < _options.Epochs && !stopping.ShouldStop; epoch++)
            {
                double loss = Epoch(epoch, stop);
                ChoraleModel model = _trainer.ToModel();
                double? validation = _data.Validation.Length == 0 ? null : ModelScore.Measure(model, _data.Validation, stop).NatsPerStep;
                bool best = validation is not { } nats || stopping.Add(nats);
                TimeSpan left = watch.Elapsed * ((_options.Epochs - epoch - 1) / (epoch + 1.0));
                ended(new EpochReport(epoch + 1, loss, validation, best, model, left, _leftOut.Count));
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
        Draws draws = Draws.For((ulong)_options.Seed, 1, (ulong)epoch);
        draws.Shuffle(_order);
        _leftOut.BeginEpoch();
        double sum = 0;
        long steps = 0;
        for (int first = 0; first < _order.Length; first += _options.Batch)
        {
            stop.ThrowIfCancellationRequested();
            ReadOnlySpan<Chorale> batch = _order.AsSpan(first, Math.Min(_options.Batch, _order.Length - first));
            int count = 0;
            foreach (Chorale chorale in batch)
            {
                count += chorale.Length;
            }

            (double loss, bool isApplied) = Batch(batch, 1f / count, ref draws);
            _leftOut.Add(isApplied, epoch + 1, _options.LearningRate);
            if (isApplied)
            {
                sum += count * loss;
                steps += count;
            }
        }

        return sum / steps;
    }

    /// <summary>One update; returns nats per time step, and whether it was made.</summary>
    private (double Loss, bool IsApplied) Batch(ReadOnlySpan<Chorale> batch, float scale, ref Draws draws)
    {
        _trainer.Clear();
        for (int i = 0; i < batch.Length; i++)
        {
            Chorale chorale = batch[i];
            int lowest = Math.Max(-_options.Transpose, Piano.LowestNote - chorale.LowestNote);
            int highest = Math.Min(_options.Transpose, Piano.HighestNote - chorale.HighestNote);
            int values = chorale.Length * Piano.Keys;
            chorale.CopyTo(lowest + draws.Below(highest - lowest + 1), _inputs.AsSpan(0, values), _targets[i].AsSpan(0, values));
            _trainer.Add(_inputs.AsSpan(0, values));
        }

        _trainer.Forward();
        double loss = 0;
        for (int i = 0; i < batch.Length; i++)
        {
            loss += _trainer.BinaryCrossEntropy(i, _targets[i].AsSpan(0, batch[i].Length * Piano.Keys), scale);
        }

        _trainer.Backward();
        return (loss, _trainer.Update(_schedule.GetLearningRate(_updates++)).Applied);
    }
}
