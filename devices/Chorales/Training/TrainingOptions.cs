namespace Chorales.Training;

/// <summary>Everything that shapes a training run.</summary>
internal sealed record TrainingOptions
{
    public int Epochs { get; init; } = 300;

    /// <summary>Epochs without a better validation figure after which training ends.</summary>
    public int Patience { get; init; } = 60;

    /// <summary>Chorales in a batch.</summary>
    public int Batch { get; init; } = 8;

    /// <summary>Highest learning rate of the one-cycle schedule.</summary>
    public double LearningRate { get; init; } = 0.015;

    public double WeightDecay { get; init; } = 0.3;

    /// <summary>Largest norm of the gradient of a batch.</summary>
    public double ClipNorm { get; init; } = 0.25;

    /// <summary>Each time that a chorale is read it is moved by up to so many semitones.</summary>
    public int Transpose { get; init; } = 5;

    /// <summary>Part of the training chorales that chooses the epoch in place of the part "valid".</summary>
    public double HoldOut { get; init; }

    public int Seed { get; init; }

    public int Threads { get; init; } = Environment.ProcessorCount;
}
