using System.Globalization;
using KeywordSpotter.Training;

namespace KeywordSpotter.Tuning;

/// <summary>Everything that shapes the tuning of a model.</summary>
internal sealed record TuningOptions
{
    public TunedLayers Layers { get; init; } = TunedLayers.Last;

    /// <summary>Batches of one training; there is one for each part that is held out, and the last on everything.</summary>
    public int Steps { get; init; } = 3000;

    /// <summary>Examples in a batch.</summary>
    public int Batch { get; init; } = 32;

    /// <summary>Parts of the clips and of the replayed examples, each of which is held out once.</summary>
    public int Folds { get; init; } = 3;

    /// <summary>Length of an example in seconds, where there is none to replay.</summary>
    public double Seconds { get; init; } = 2;

    /// <summary>Part of a batch that is replayed; 0 where there is nothing to replay.</summary>
    public double Replay { get; init; } = 0.55;

    /// <summary>Weight, in the loss, of how far the posteriors of replayed examples move from what they were.</summary>
    public double Distillation { get; init; } = 2;

    /// <summary>Highest learning rate of the one-cycle schedule.</summary>
    public double LearningRate { get; init; } = 4e-3;

    /// <summary>How often a tuned keyword may be reported, in an hour without any.</summary>
    public double FalseAcceptsPerHour { get; init; } = 0.5;

    public int Seed { get; init; }

    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>How examples are made from the clips, of which two in three are keywords.</summary>
    /// <param name="seconds">Their length.</param>
    /// <param name="background">Whether there is background.</param>
    public TrainingOptions Examples(double seconds, bool background) => new()
    {
        Seconds = seconds,
        Batch = Batch,
        Seed = Seed,
        Threads = Threads,
        Mixture = background
            ? new Mixture { Keyword = 0.55, Speech = 0.12, Word = 0.08, Run = 0.03, Half = 0.12, Pseudo = 0.1, Mined = 0 }
            : new Mixture { Keyword = 0.66, Speech = 0.1, Word = 0, Run = 0, Half = 0.14, Pseudo = 0.1, Mined = 0 },
        Augmentation = new AugmentationSettings
        {
            SlowestSpeed = 0.8,
            FastestSpeed = 1.25,
            HighestSnr = 40,
            LowestLevel = -50,
            HighestLevel = -15,
            Context = 0.1,
            Masks = 0.3,
        },
    };

    /// <summary>The options as one would type them.</summary>
    public string Describe() => string.Create(
        CultureInfo.InvariantCulture,
        $"--layers {Layers.ToString().ToLowerInvariant()} --steps {Steps} --batch {Batch} --folds {Folds} --replay-part {Replay} --distillation {Distillation} "
        + $"--learning-rate {LearningRate} --target-false-accepts-per-hour {FalseAcceptsPerHour} --seed {Seed}");
}
