using KeywordSpotter.Training;

namespace KeywordSpotter.Tuning;

/// <summary>Everything that shapes the tuning of a model.</summary>
internal sealed record TuningOptions
{
    public TunedLayers Layers { get; init; } = TunedLayers.All;

    public int Epochs { get; init; } = 40;

    /// <summary>Batches in an epoch.</summary>
    public int Steps { get; init; } = 25;

    /// <summary>Examples in a batch.</summary>
    public int Batch { get; init; } = 32;

    /// <summary>Length of an example in seconds.</summary>
    public double Seconds { get; init; } = 2.2;

    /// <summary>Part of a batch that is replayed; 0 where there is nothing to replay.</summary>
    public double Replay { get; init; } = 0.5;

    /// <summary>Weight, in the loss, of how far the posteriors of replayed examples move from what they were.</summary>
    public double Distillation { get; init; } = 8;

    /// <summary>Highest learning rate of the one-cycle schedule.</summary>
    public double LearningRate { get; init; } = 2e-3;

    /// <summary>Part of the clips, and of the replayed examples, that is held back.</summary>
    public double Validation { get; init; } = 0.25;

    public int Seed { get; init; }

    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>How examples are made from the clips.</summary>
    public TrainingOptions Examples() => new()
    {
        Seconds = Seconds,
        Batch = Batch,
        Seed = Seed,
        Threads = Threads,
        Validation = Validation,
        Mixture = new Mixture { Keyword = 0.4, Speech = 0.2, Half = 0.1, Pseudo = 0.3 },
    };
}
