using Seq.Embedded.Weights;

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
    /// <summary>The model in one line: checkpoints of training carry it.</summary>
    public string Spec { get; init; } = "";

    /// <summary>The panels of the weights and their tensors in a file.</summary>
    public IReadOnlyList<PanelTensor> Panels { get; init; } = [];

    /// <summary>The axes of time of the model, that of the input first; by default no other.</summary>
    public IReadOnlyList<TimeAxis> Axes { get; init; } = [TimeAxis.Input];

    /// <summary>True when an input is a token, 0 to InputSize - 1, in place of a vector.</summary>
    public bool Tokens { get; init; }

    /// <summary>The states before the first time step, in the order of a snapshot.</summary>
    public IReadOnlyList<StateRegion> InitialStates { get; init; } = [];

    /// <summary>The states after the last time step, in the order of a snapshot: all values of it, where a sequence can begin with a given state.</summary>
    public IReadOnlyList<StateRegion> FinalStates { get; init; } = [];

    /// <summary>Number of values of a snapshot (S), those of states that have no region among them.</summary>
    public int StateSize { get; init; }

    /// <summary>True where a sequence cannot begin with a given state: convolutions and pooling over time read what was before it.</summary>
    public bool BeginsAnew { get; init; }

    /// <summary>The panels whose transposed form the backward pass reads; see <c>SequenceTrainer.Transposed</c>.</summary>
    public IReadOnlyList<TransposedPanel> TransposedPanels { get; init; } = [];

    /// <summary>Number of tokens of the target of an encoder-decoder model (V); 0 where the model has no decoder.</summary>
    public int TargetSize { get; init; }

    /// <summary>True where the source is one vector, not a sequence: one-to-many.</summary>
    public bool OneStep { get; init; }

    /// <summary>Values, of 4 bytes each, of an input in memory: a token is one.</summary>
    internal int InputWidth => Tokens ? 1 : InputSize;

    /// <summary>The names of the layers that have weights, bottom to top: those that a trainer can freeze. Empty: the model is one layer.</summary>
    public IReadOnlyList<string> LayerNames { get; init; } = [];

    /// <summary>Where the weights of these layers lie, ascending. A layer can have several entries.</summary>
    public IReadOnlyList<LayerWeights> Weights { get; init; } = [];

    /// <summary>The places where the model can be cut below a layer, bottom to top: layers below are computed alone.</summary>
    public IReadOnlyList<LayerCut> Cuts { get; init; } = [];

    /// <summary>The lowest layer that reads more of a sequence than its input row and its state, so that no chunk of time steps can be computed by itself; null where there is none.</summary>
    public string? WholeSequenceLayer { get; init; }

    /// <summary>The bytes that a trainer takes at creation for weights, gradients, moments and activations.</summary>
    /// <remarks>
    /// With B = MaxBatch, T = MaxSteps, W = <paramref name="weights"/>, V of them from the lowest trained layer on, M moments of the optimiser
    /// (2 of Adam and AdamW, 1 of SGD with momentum), A = 1 where there is an average of the weights, else 0, and a batch cut into
    /// S = ceil(B / 8) shards of at most N = min(8, B) sequences, which compute K time steps at once (ActivationCheckpointSteps, or T):
    /// <code>
    /// floats = W + (2 + 2 M + 2 A) V + X   weights; gradients and last good weights; moments and average, now and when last good; transposed weights
    ///        + B T I + B Z + 2 B Y O      inputs, initial states, outputs and their gradients; I = 1 for tokens
    ///        + S (V + N K I + N R + P)    per shard: gradients, inputs, regions, tables of the rows
    ///        + S N ceil(T / K) Z          states between chunks, where there are several
    ///        + B U + S N U                target tokens where there is a decoder, up to U = MaxTargetSteps
    ///        + 2 ((T + 2) (2 L + 1) + O)     doubles of the CTC loss, where L = MaxLabels is not 0
    /// </code>
    /// where X is the sum over the <see cref="TransposedPanels"/> of Vectors Units Panel.Padded(Columns), Z is <see cref="StateSize"/>, Y = ceil(T / Stride) on the axis of the output (U on that of the target), or 1 where a sequence has one output, and R is the sum over the
    /// <see cref="Regions"/> of ceil(K / Stride) PerRow (U PerRow), with the stride of the region's axis, and PerSequence.
    /// P is the sum over the <see cref="Axes"/> on which a shard has rows of ceil(K / Stride) + 1 + 3 N (U + 1 + 3 N on that of the target). T is 1 where <see cref="OneStep"/> is true. Every 8 sequences thus cost one more gradient of the weights.
    /// <para>
    /// V counts the weights behind the first trained one as they lie in memory: frozen layers among them have a place in gradients and moments.
    /// Where the lowest layers are frozen, transposed panels and regions of gradients count from the lowest trained layer on, other regions from the cut below it on.
    /// What is kept of a sequence in place of its inputs are the rows of the cut (T I becomes ceil(T / Stride) Width, or Width where a sequence has one row; there is no N K I), and the layers
    /// below it are computed with F I + R + P (N = 1) for one sequence of F time steps: 32 at most, or T where a layer reads the whole sequence.
    /// </para>
    /// </remarks>
    /// <param name="options">Sizes of the trainer.</param>
    /// <param name="weights">Floats of the packed weights (W).</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is out of its range, or needs a buffer of 2^31 floats.</exception>
    /// <exception cref="ArgumentException">FrozenLayers names a layer that is none, or all of them, or the model cannot be computed in chunks.</exception>
    public long GetMemoryBytes(TrainerOptions options, int weights) => TrainerMemory.GetBytes(new TrainerPlan(this, options, weights));

    /// <summary>Refuses what the constructor of a trainer refuses, for generated trainers that have memory to take before it.</summary>
    /// <param name="options">Sizes of the trainer.</param>
    /// <param name="weights">Floats of the packed weights.</param>
    /// <returns>This layout.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A size is out of its range, needs a buffer of 2^31 floats, or more bytes than there are or the options allow.</exception>
    /// <exception cref="ArgumentException">FrozenLayers names a layer that is none, or all of them, or the model cannot be computed in chunks.</exception>
    public TrainerLayout Check(TrainerOptions options, int weights)
    {
        _ = TrainerMemory.CheckedBytes(new TrainerPlan(this, options, weights));
        return this;
    }

    /// <summary>The most time steps of an input.</summary>
    internal int GetMaxInputSteps(TrainerOptions options) => OneStep ? 1 : options.MaxSteps;

    /// <summary>The most steps of a target; 0 where the model has no decoder.</summary>
    internal int GetMaxTargetSteps(TrainerOptions options) => TargetSize == 0 ? 0 : options.MaxTargetSteps == 0 ? options.MaxSteps : options.MaxTargetSteps;

    /// <summary>The most steps of an axis; 1 where it is that of whole sequences.</summary>
    internal int GetMaxSteps(int axis, TrainerOptions options) => GetSteps(axis, GetMaxInputSteps(options), GetMaxTargetSteps(options));

    /// <summary>Steps of a sequence on an axis, 1 where it is that of whole sequences.</summary>
    internal int GetSteps(int axis, int inputSteps, int targetSteps) => axis < 0 ? 1 : Axes[axis].IsTarget ? targetSteps : Axes[axis].GetSteps(inputSteps);
}
