using Seq.Embedded.Training;
using SpokenWords.Data;

namespace SpokenWords.Training;

/// <summary>One training run: a fixed number of epochs, whose last one is kept; no recording is needed to choose between them.</summary>
internal sealed class WordTrainingSession : IDisposable
{
    private readonly WordTrainingOptions _options;
    private readonly WordModel.Trainer _trainer;
    private readonly OneCycleSchedule _schedule;
    private readonly WordExampleMaker[] _makers;
    private readonly Example[] _slots;
    private readonly int[] _labels;
    private readonly LeftOutBatches _leftOut = new();
    private int _updates;

    /// <param name="words">How many words there are.</param>
    /// <param name="recordings">To train on; at least one of each word.</param>
    /// <param name="extra">More of them, such as synthetic speech; may be empty.</param>
    /// <param name="noise">Noise to mix in; may be empty.</param>
    /// <param name="options">The recipe.</param>
    public WordTrainingSession(int words, Recording[] recordings, Recording[] extra, Clip[] noise, WordTrainingOptions options)
    {
        _options = options;
        _makers = new WordExampleMaker[options.Threads];
        for (int i = 0; i < _makers.Length; i++)
        {
            _makers[i] = new WordExampleMaker(words, recordings, extra, noise, options);
        }

        int steps = _makers[0].MaxSteps;
        _slots = new Example[2 * options.Batch];
        for (int i = 0; i < _slots.Length; i++)
        {
            _slots[i] = new Example(steps, options.FeatureSettings.FeatureCount);
        }

        _labels = new int[options.Batch];
        _schedule = new OneCycleSchedule((float)options.LearningRate, options.Epochs * options.Steps, warmUp: 0.2);
        _trainer = WordModel.Create(words, options.Seed).CreateTrainer(new TrainerOptions
        {
            MaxBatch = options.Batch,
            MaxSteps = steps,
            Optimizer = new AdamWSettings { WeightDecay = options.WeightDecay },
            Seed = (ulong)options.Seed,
            Threads = (options.Threads + 1) / 2, // the other half prepares examples meanwhile
        });
    }

    /// <summary>Trains until the last epoch or until stopped.</summary>
    /// <param name="ended">Told about each epoch: its number, from 1 on, its mean loss, and how many batches were left out of it.</param>
    /// <param name="stop">Ends training after the current batch.</param>
    /// <returns>The network after the last complete epoch, and that epoch's number.</returns>
    /// <exception cref="InputException">Ten batches in a row had a loss or gradient that is not finite.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled before the first epoch was complete.</exception>
    public (WordModel Network, int Epoch) Run(Action<int, double, int> ended, CancellationToken stop)
    {
        (WordModel Network, int Epoch)? kept = null;
        try
        {
            for (int epoch = 0; epoch < _options.Epochs; epoch++)
            {
                double loss = Epoch(epoch, stop);
                kept = (_trainer.ToModel(), epoch + 1);
                ended(epoch + 1, loss, _leftOut.Count);
            }
        }
        catch (OperationCanceledException) when (kept is not null)
        {
            // The epochs that are complete stand.
        }

        return kept!.Value;
    }

    public void Dispose() => _trainer.Dispose();

    private double Epoch(int epoch, CancellationToken stop)
    {
        _leftOut.BeginEpoch();
        double sum = 0;
        Action<int, Example>[] makers = Array.ConvertAll(_makers, maker => (Action<int, Example>)((index, example) => maker.Make(epoch, index, example)));
        using var queue = new ExampleQueue(makers, _slots, _options.Steps * _options.Batch);
        for (int batch = 0; batch < _options.Steps; batch++)
        {
            stop.ThrowIfCancellationRequested();
            (double loss, bool isApplied) = Batch(queue);
            _leftOut.Add(isApplied, epoch + 1, _options.LearningRate);
            sum += isApplied ? loss : 0;
        }

        return sum / (_options.Steps - _leftOut.Count);
    }

    /// <summary>One update; returns nats per clip, and whether it was made.</summary>
    private (double Loss, bool IsApplied) Batch(ExampleQueue queue)
    {
        _trainer.Clear();
        for (int i = 0; i < _options.Batch; i++)
        {
            Example example = queue.Take();
            _labels[i] = example.Label;
            _trainer.Add(example.Features.AsSpan(0, example.Steps * WordModel.InputSize));
            queue.Release();
        }

        _trainer.Forward();
        double loss = 0;
        for (int i = 0; i < _options.Batch; i++)
        {
            loss += _trainer.CrossEntropy(i, [_labels[i]], 1f / _options.Batch, labelSmoothing: (float)_options.LabelSmoothing);
        }

        _trainer.Backward();
        return (loss, _trainer.Update(_schedule.GetLearningRate(_updates++)).Applied);
    }
}
