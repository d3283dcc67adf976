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
    IReadOnlyList<RegionSize> Regions);
