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

    /// <summary>Trains to the last epoch.</summary>
    /// <param name="ended">Told about each epoch: its number, from 1 on, and its mean loss.</param>
    /// <param name="stop">Ends training after the current batch.</param>
    /// <returns>The trained network.</returns>
    /// <exception cref="InputException">The loss is no longer a number.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled.</exception>
    public WordModel Run(Action<int, double> ended, CancellationToken stop)
    {
        for (int epoch = 0; epoch < _options.Epochs; epoch++)
        {
            ended(epoch + 1, Epoch(epoch, stop));
        }

        return _trainer.ToModel();
    }

    public void Dispose() => _trainer.Dispose();

    private double Epoch(int epoch, CancellationToken stop)
    {
        double loss = 0;
        Action<int, Example>[] makers = Array.ConvertAll(_makers, maker => (Action<int, Example>)((index, example) => maker.Make(epoch, index, example)));
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
            _trainer.Add(example.Features.AsSpan(0, example.Steps * WordModel.InputSize));
            queue.Release();
        }

        _trainer.Forward();
        double loss = 0;
        for (int i = 0; i < _options.Batch; i++)
        {
            loss += _trainer.CrossEntropy(i, [_labels[i]], 1f / _options.Batch, labelSmoothing: (float)_options.LabelSmoothing);
        }

        if (double.IsFinite(loss))
        {
            _trainer.Backward();
            _trainer.Update(_schedule.GetLearningRate(_updates++));
        }

        return loss;
    }
}
