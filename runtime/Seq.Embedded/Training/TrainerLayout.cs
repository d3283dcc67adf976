namespace Seq.Embedded.Training;

/// <summary>Sizes that a generated trainer tells its base class.</summary>
/// <param name="InputSize">Values of one input vector (I).</param>
/// <param name="OutputSize">Values of one output vector (O).</param>
/// <param name="OutputStride">Floats from one row of the output region to the next.</param>
/// <param name="OutputRegion">Region that holds the last layer's results.</param>
/// <param name="OutputGradientRegion">Region that receives the gradient of those results.</param>
/// <param name="OutputAxis">Axis of time of the output rows among <see cref="Axes"/>; negative when a sequence has one output (many-to-one).</param>
/// <param name="OutputActivation">Activation of the last layer where the rows of the output region are its own, and nothing but this function of their
/// pre-activations, else None: also above a residual, and for the last row of a convolution. Softmax follows the results of the last layer; any other is part of it.</param>
/// <param name="Regions">Memory of one shard.</param>
public sealed record TrainerLayout(
    int InputSize,
    int OutputSize,
    int OutputStride,
    int OutputRegion,
    int OutputGradientRegion,
    int OutputAxis,
    Activation OutputActivation,
    IReadOnlyList<RegionSize> Regions)
{
    /// <summary>The axes of time of the model, that of the input first; by default no other.</summary>
    public IReadOnlyList<TimeAxis> Axes { get; init; } = [TimeAxis.Input];

    /// <summary>The bytes that a trainer takes at creation for weights, gradients, moments and activations.</summary>
    /// <remarks>
    /// With B = MaxBatch, T = MaxSteps, W = <paramref name="weights"/>, and a batch cut into S = ceil(B / 12) shards of at most
    /// N = min(12, B) sequences:
    /// <code>
    /// floats = 4 W                        weights, gradients, two moments
    ///        + B T I + 2 B Y O            inputs, outputs and their gradients
    ///        + S (W + N T I + N R)        per shard: gradients, inputs, regions
    ///        + 2 ((T + 2) (2 L + 1) + O)     doubles of the CTC loss, where L = MaxLabels is not 0
    /// </code>
    /// where Y = ceil(T / Stride) on the axis of the output, or 1 where a sequence has one output, and R is the sum over all <see cref="Regions"/> of
    /// ceil(T / Stride) PerRow, with the stride of the region's axis, and PerSequence. Every 12 sequences thus cost one more gradient of the weights.
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

    /// <summary>The most output rows of a sequence of so many time steps.</summary>
    internal int GetOutputSteps(int inputSteps) => OutputAxis < 0 ? 1 : Axes[OutputAxis].GetSteps(inputSteps);
}
