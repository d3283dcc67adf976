namespace KeywordSpotter.Training;

/// <summary>Everything that shapes a training run. The bundled model was trained with these, but for 80 epochs of 60 batches and with seed 1 (Recipes/train.sh).</summary>
internal sealed record TrainingOptions
{
    public int Epochs { get; init; } = 45;

    /// <summary>Batches in an epoch.</summary>
    public int Steps { get; init; } = 45;

    /// <summary>Examples in a batch.</summary>
    public int Batch { get; init; } = 48;

    /// <summary>Length of an example in seconds.</summary>
    public double Seconds { get; init; } = 3.4;

    /// <summary>Highest learning rate of the one-cycle schedule.</summary>
    public double LearningRate { get; init; } = 6e-3;

    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Largest norm of the gradient of a batch.</summary>
    public double ClipNorm { get; init; } = 1;

    /// <summary>Weight of a false accept against a miss in the loss.</summary>
    public double NegativeWeight { get; init; } = 2;

    /// <summary>Steps of an example whose activations are in memory at a time; 0 for all of them. Rounds gradients differently.</summary>
    public int ActivationSteps { get; init; }

    public int Seed { get; init; }

    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Examples that are prepared ahead at most; the result does not depend on it. 0: those of two batches.</summary>
    public int ExamplesAhead { get; init; }

    /// <summary>Part of the clips that is held back to choose the best epoch and the threshold.</summary>
    public double Validation { get; init; } = 0.1;

    /// <summary>Epochs between searches for hard negatives; 0 for none.</summary>
    public int MineEvery { get; init; } = 5;

    /// <summary>Minutes of training background that one search listens to.</summary>
    public double MineMinutes { get; init; } = 20;

    public Mixture Mixture { get; init; } = new();

    /// <summary>Weight of the loss of the phonemes, per phoneme, where they are given.</summary>
    public double PhonemeWeight { get; init; } = 0.5;

    /// <summary>Weight of the loss of the vocabulary, where there is one.</summary>
    public double VocabularyWeight { get; init; } = 0.5;

    public AugmentationSettings Augmentation { get; init; } = new()
    {
        Babble = 0.25,
        Household = 0.35,
        Tract = 1.18,
        Response = 8,
        Telephone = 0.06,
        Clipping = 0.08,
        LowestSnr = 0,
        HighestSnr = 40,
    };
}
