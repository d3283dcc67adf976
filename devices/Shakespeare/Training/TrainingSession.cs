using System.Diagnostics;
using Seq.Embedded.Text;
using Seq.Embedded.Training;

namespace Shakespeare.Training;

/// <summary>One training run: truncated back-propagation through time, the state of each lane carried from chunk to chunk; validation after each epoch.</summary>
internal sealed class TrainingSession : IDisposable
{
    private const ulong OffsetStream = 1;

    private readonly TextSplit _text;
    private readonly TrainingOptions _options;
    private readonly Vocabulary _vocabulary;
    private readonly int[] _tokens;
    private readonly NetworkTrainer _network;
    private readonly SequenceTrainer _trainer;
    private readonly OneCycleSchedule _schedule;
    private readonly float[][] _states;
    private readonly LeftOutBatches _leftOut = new();
    private int _updates;

    /// <exception cref="InputException">The training part is too short for the lanes.</exception>
    public TrainingSession(TextSplit text, TrainingOptions options)
    {
        _text = text;
        _options = options;
        _vocabulary = Vocabulary.FromText(
            text.Training.Span, new VocabularyOptions { LeastCount = options.LeastCount, MaxTokens = NetworkSize.Tokens });
        _tokens = _vocabulary.Encode(text.Training.Span);
        int least = options.Lanes + options.Steps;
        if (_tokens.Length <= least)
        {
            throw new InputException($"the training part has {_tokens.Length} characters; {options.Lanes} lanes of {options.Steps} steps need more than {least}");
        }

        INetwork network = NetworkSize.Create(options.Size, options.Seed);
        _network = network.CreateTrainer(new TrainerOptions
        {
            MaxBatch = options.Lanes,
            MaxSteps = options.Steps,
            ClipNorm = (float)options.ClipNorm,
            Optimizer = new AdamWSettings { WeightDecay = options.WeightDecay },
            Seed = (ulong)options.Seed,
            Threads = options.Threads,
        });
        _trainer = _network.Trainer;
        _states = new float[options.Lanes][];
        for (int lane = 0; lane < _states.Length; lane++)
        {
            _states[lane] = new float[network.CreateDecoder().StateSize];
        }

        int updates = 0;
        for (int epoch = 0; epoch < options.Epochs; epoch++)
        {
            updates += Cut(epoch).Chunks;
        }

        _schedule = new OneCycleSchedule((float)options.LearningRate, updates, warmUp: 0.1);
    }

    /// <summary>Characters of the training part.</summary>
    public int Characters => _tokens.Length;

    /// <summary>Number of tokens.</summary>
    public int Tokens => _vocabulary.Count;

    /// <summary>Trains until the last epoch or until stopped.</summary>
    /// <param name="ended">Told about each epoch; its model is the best so far when it says so.</param>
    /// <param name="stop">Ends training after the current batch.</param>
    /// <exception cref="InputException">Ten batches in a row had a loss or gradient that is not finite.</exception>
    public void Run(Action<EpochReport> ended, CancellationToken stop)
    {
        var watch = Stopwatch.StartNew();
        double best = double.PositiveInfinity;
        try
        {
            for (int epoch = 0; epoch < _options.Epochs; epoch++)
            {
                TimeSpan start = watch.Elapsed;
                double loss = Epoch(epoch, stop);
                double speed = _tokens.Length / (watch.Elapsed - start).TotalSeconds;
                var model = new LanguageModel("model in training", _network.ToNetwork(), _vocabulary);
                double? validation = _text.Validation.IsEmpty ? null : model.Score(_text.Validation.Span, stop).NatsPerToken;
                bool isBest = validation is not { } nats || nats <= best;
                best = isBest ? validation ?? best : best;
                TimeSpan left = watch.Elapsed * ((_options.Epochs - epoch - 1) / (epoch + 1.0));
                ended(new EpochReport(epoch + 1, loss, validation, isBest, model, speed, left, _leftOut.Count));
            }
        }
        catch (OperationCanceledException)
        {
            // What was reported so far stands.
        }
    }

    public void Dispose() => _trainer.Dispose();

    /// <summary>Every epoch begins some characters later, so that the gradient ends at other places.</summary>
    private TokenLanes Cut(int epoch)
    {
        var random = new CounterRandom((ulong)_options.Seed, OffsetStream);
        int offset = (int)(random.GetUniform((ulong)epoch) * _options.Steps);
        return new TokenLanes(_tokens.AsMemory(offset), _options.Lanes, _options.Steps);
    }

    private double Epoch(int epoch, CancellationToken stop)
    {
        TokenLanes lanes = Cut(epoch);
        ClearStates();
        _leftOut.BeginEpoch();
        double sum = 0;
        long characters = 0;
        for (int chunk = 0; chunk < lanes.Chunks; chunk++)
        {
            stop.ThrowIfCancellationRequested();
            int count = lanes.Lanes * lanes.GetInputs(chunk, 0).Length;
            (double loss, bool isApplied) = Step(lanes, chunk, 1f / count);
            _leftOut.Add(isApplied, epoch + 1, _options.LearningRate);
            if (isApplied)
            {
                sum += count * loss;
                characters += count;
            }
            else
            {
                ClearStates(); // what is not finite must not be carried on
            }
        }

        return sum / characters;
    }

    private void ClearStates()
    {
        foreach (float[] state in _states)
        {
            Array.Clear(state);
        }
    }

    /// <summary>One update; returns nats per character, and whether it was made.</summary>
    private (double Loss, bool IsApplied) Step(TokenLanes lanes, int chunk, float scale)
    {
        _trainer.Clear();
        for (int lane = 0; lane < lanes.Lanes; lane++)
        {
            _network.Add(lanes.GetInputs(chunk, lane), _states[lane]);
        }

        _trainer.Forward();
        double loss = 0;
        for (int lane = 0; lane < lanes.Lanes; lane++)
        {
            loss += _trainer.CrossEntropy(lane, lanes.GetTargets(chunk, lane), scale);
            _trainer.SaveState(lane, _states[lane]);
        }

        _trainer.Backward();
        return (loss, _trainer.Update(_schedule.GetLearningRate(_updates++)).Applied);
    }
}
