namespace Seq.Embedded.Training;

/// <summary>Sizes that a generated trainer tells its base class.</summary>
/// <param name="InputSize">Values of one input vector (I).</param>
/// <param name="OutputSize">Values of one output vector (O).</param>
/// <param name="OutputStride">Floats from one row of the output region to the next.</param>
/// <param name="OutputRegion">Region that holds the last layer's results.</param>
/// <param name="OutputGradientRegion">Region that receives the gradient of those results.</param>
/// <param name="OutputPerSequence">True when a sequence has one output (many-to-one).</param>
/// <param name="Softmax">True when softmax follows the last layer.</param>
/// <param name="Regions">Memory of one shard.</param>
public sealed record TrainerLayout(
    int InputSize,
    int OutputSize,
    int OutputStride,
    int OutputRegion,
    int OutputGradientRegion,
    bool OutputPerSequence,
    bool Softmax,
    IReadOnlyList<RegionSize> Regions)
{
    /// <summary>True when an input is a token, 0 to InputSize - 1, in place of a vector.</summary>
    public bool Tokens { get; init; }

    /// <summary>The states before the first time step, in the order of a snapshot.</summary>
    public IReadOnlyList<InitialState> InitialStates { get; init; } = [];

    /// <summary>Number of values of a snapshot (S), those of states that have no region among them.</summary>
    public int StateSize { get; init; }

    /// <summary>Values, of 4 bytes each, of an input in memory: a token is one.</summary>
    internal int InputWidth => Tokens ? 1 : InputSize;

    /// <summary>The bytes that a trainer takes at creation for weights, gradients, moments and activations.</summary>
    /// <remarks>
    /// With B = MaxBatch, T = MaxSteps, W = <paramref name="weights"/>, and a batch cut into S = ceil(B / 12) shards of at most
    /// N = min(12, B) sequences:
    /// <code>
    /// floats = 4 W                        weights, gradients, two moments
    ///        + B T I + B Z + 2 B T O      inputs, initial states, outputs and their gradients; I = 1 for tokens; 2 B O where a sequence has one output
    ///        + S (W + N T I + N T R + N Q)   per shard: gradients, inputs, regions
    /// </code>
    /// where Z is <see cref="StateSize"/>, and R and Q sum PerRow and PerSequence of all <see cref="Regions"/>. Every 12 sequences thus cost one more gradient of the weights.
    /// </remarks>
    /// <param name="options">Sizes of the trainer.</param>
    /// <param name="weights">Floats of the packed weights (W).</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is out of its range, or needs a buffer of 2^31 floats.</exception>
    public long GetMemoryBytes(TrainerOptions options, int weights)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegative(weights);
        options.Check();
        return TrainerMemory.GetBytes(options, this, weights);
    }
}
