namespace Shakespeare.Training;

/// <summary>Everything that shapes a training run.</summary>
internal sealed record TrainingOptions
{
    public string Size { get; init; } = NetworkSize.Small;

    /// <summary>How often the training part is read.</summary>
    public int Epochs { get; init; } = 8;

    /// <summary>Runs of text that are read side by side.</summary>
    public int Lanes { get; init; } = 16;

    /// <summary>Characters that a gradient goes back at most.</summary>
    public int Steps { get; init; } = 64;

    /// <summary>Highest learning rate of the one-cycle schedule.</summary>
    public double LearningRate { get; init; } = 0.01;

    public double WeightDecay { get; init; } = 0.02;

    /// <summary>Largest norm of the gradient of a batch.</summary>
    public double ClipNorm { get; init; } = 0.25;

    /// <summary>How often a character must occur in the training part to have a token of its own.</summary>
    public int LeastCount { get; init; } = 2;

    /// <summary>Part of the text, at its beginning, that chooses the epoch.</summary>
    public double Validation { get; init; } = 0.05;

    /// <summary>Part of the text, at its end, that the kept model is measured on.</summary>
    public double Test { get; init; } = 0.05;

    public int Seed { get; init; }

    public int Threads { get; init; } = Environment.ProcessorCount;
}
