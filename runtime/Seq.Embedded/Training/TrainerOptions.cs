namespace Seq.Embedded.Training;

/// <summary>Sizes and settings of a trainer. Sizes fix the memory, which is taken once.</summary>
public sealed record TrainerOptions
{
    /// <summary>The most sequences of a mini-batch; 1 to 65,536.</summary>
    /// <remarks>
    /// Memory grows with it in two ways: by the activations, about MaxBatch * MaxSteps rows of all layers, and by one gradient of all
    /// weights per 8 sequences. <see cref="TrainerLayout.GetMemoryBytes"/> has the formula. A trainer is refused before it takes any
    /// memory when that is more than the machine or its container has (<see cref="GCMemoryInfo.TotalAvailableMemoryBytes"/>).
    /// </remarks>
    public required int MaxBatch { get; init; }

    /// <summary>The most time steps of a sequence; 1 to 16,777,216. Memory grows in proportion to MaxBatch * MaxSteps.</summary>
    public required int MaxSteps { get; init; }

    /// <summary>The most labels of a target of <see cref="SequenceTrainer.Ctc"/>; 0 to 16,777,216. Default 0: no CTC, and no memory for it.</summary>
    public int MaxLabels { get; init; }

    /// <summary>The most tokens of a target of an encoder-decoder model; 0 (the default): as many as MaxSteps. Up to 16,777,216; other models ignore it.</summary>
    public int MaxTargetSteps { get; init; }

    /// <summary>Largest L2 norm of the gradient of all parameters; above it the gradient is scaled down. Infinity: no clipping.</summary>
    public float ClipNorm { get; init; } = 1;

    /// <summary>Largest magnitude of a gradient; each beyond it is cut to it, before <see cref="ClipNorm"/>. Infinity (the default): no clipping.</summary>
    public float ClipValue { get; init; } = float.PositiveInfinity;

    /// <summary>The optimiser: <see cref="SgdSettings"/>, <see cref="AdamSettings"/> or, by default, <see cref="AdamWSettings"/> with a weight decay of 0.01.</summary>
    public OptimizerSettings Optimizer { get; init; } = new AdamWSettings();

    /// <summary>
    /// Decay of the exponential moving average of the weights (<see cref="MovingAverage"/>), from which <c>ToAverageModel</c> makes a model;
    /// 0 to below 1, for example 0.999. Default 0: no average, and no memory for it.
    /// </summary>
    public double AverageDecay { get; init; }

    /// <summary>Whether dropout draws a mask per time step (the default) or one per sequence.</summary>
    public DropoutMask DropoutMask { get; init; }

    /// <summary>Seed of dropout. The same seed, data and batches give the same weights, whatever the number of threads.</summary>
    public ulong Seed { get; init; }

    /// <summary>Threads that share the sequences of a batch; 1 to 1024. Results do not depend on it. Sequences are shared out in groups of 8: a batch of 8 or fewer uses one thread.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Throws when a value is out of its range.</summary>
    internal void Check()
    {
        CheckRange(nameof(MaxBatch), MaxBatch, 1, 65_536);
        CheckRange(nameof(MaxSteps), MaxSteps, 1, 16_777_216);
        CheckRange(nameof(MaxTargetSteps), MaxTargetSteps, 0, 16_777_216);
        CheckRange(nameof(MaxLabels), MaxLabels, 0, 16_777_216);
        CheckRange(nameof(Threads), Threads, 1, 1024);
        ArgumentNullException.ThrowIfNull(Optimizer);
        Optimizer.Check();
        if (!(ClipNorm > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(ClipNorm), ClipNorm, "The largest gradient norm must be above 0; infinity means no clipping.");
        }

        if (!(ClipValue > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(ClipValue), ClipValue, "The largest gradient must be above 0; infinity means no clipping.");
        }

        if (!(AverageDecay is >= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(AverageDecay), AverageDecay, "The decay must be from 0 to below 1; 0 means no average.");
        }

        if (DropoutMask is not (DropoutMask.PerStep or DropoutMask.PerSequence))
        {
            throw new ArgumentOutOfRangeException(nameof(DropoutMask), DropoutMask, $"Allowed: {nameof(DropoutMask.PerStep)} and {nameof(DropoutMask.PerSequence)}.");
        }
    }

    private static void CheckRange(string name, int value, int least, int most)
    {
        if (value < least || value > most)
        {
            throw new ArgumentOutOfRangeException(name, value, $"Allowed: {least} to {most}.");
        }
    }
}
