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

    /// <summary>The most time steps of a sequence; 1 to 16,777,216. Memory grows in proportion to MaxBatch * MaxSteps, but see <see cref="ActivationCheckpointSteps"/>.</summary>
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

    /// <summary>
    /// Names of layers whose weights stay as they are, of the generated <c>LayerNames</c>; default: none. With all names but the last one the head alone is trained:
    /// <c>FrozenLayers = Model.LayerNames[..^1]</c>.
    /// </summary>
    /// <remarks>
    /// Frozen layers below the lowest trained one are computed once, when a sequence is added, as in inference (without dropout), and only the rows that the
    /// layer above reads are kept (<see cref="SequenceTrainer.GetFrozenRows"/>): training steps have nothing of them, no time, no activations, no gradients, no moments.
    /// Adding a sequence computes them on the calling thread, one sequence at a time, whatever <see cref="Threads"/> is: over several epochs keep the rows and add those
    /// (<see cref="SequenceTrainer.AddFrozenRows"/>). Of an encoder-decoder model that holds
    /// for the layers of the encoder below those that hand states over or are attended to; the others are computed in each step, forward only.
    /// Frozen layers further up pass the gradient through and have none of their own, but save no memory: gradients, moments and average have a place for all weights behind the first
    /// trained one. So they have for a projection of the encoder's rows that an attention of the decoder makes, if it is frozen and layers below are not. The optimiser leaves all frozen layers alone, weight decay included.
    /// </remarks>
    public IReadOnlyList<string> FrozenLayers { get; init; } = [];

    /// <summary>
    /// Time steps (k) after which the states are kept, so that the activations of no more than k time steps are in memory at a time; 0 (the default): those of
    /// whole sequences. 0 to 16,777,216.
    /// </summary>
    /// <remarks>
    /// The forward pass goes through a batch in chunks of k time steps, the backward pass from the last chunk to the first and computes each again before: one
    /// more forward pass, in part won back as a chunk stays in the caches, for activations of k in place of MaxSteps time steps. Inputs, outputs and their
    /// gradients stay whole.
    /// Outputs are the same bit for bit; gradients are sums in another order. Only models whose layers read nothing but their input row and their state can be
    /// computed so: not those with reverse directions, convolutions over time, pooling over time or a decoder.
    /// </remarks>
    public int ActivationCheckpointSteps { get; init; }

    /// <summary>The most bytes that a trainer may take (<see cref="SequenceTrainer.MemoryBytes"/>); 0 (the default): what the machine or its container has.
    /// A trainer that needs more is refused before it takes any memory.</summary>
    public long MaxMemoryBytes { get; init; }

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
        CheckRange(nameof(ActivationCheckpointSteps), ActivationCheckpointSteps, 0, 16_777_216);
        CheckRange(nameof(Threads), Threads, 1, 1024);
        if (MaxMemoryBytes < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(MaxMemoryBytes), MaxMemoryBytes, "Allowed: 1 or more bytes, or 0 for what the machine has.");
        }

        ArgumentNullException.ThrowIfNull(FrozenLayers);
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
