namespace Seq.Embedded.Weights;

/// <summary>Where one panel of a model's arena comes from: the tensors of the weight file that it packs.</summary>
/// <remarks>Panels that hold different gates of one tensor (a GRU whose reset gate acts before the product) name the same tensor.</remarks>
/// <param name="Weight">The tensor of the weights, (FileGates * Units, Columns), gates stacked in file order; null where the panel has no columns.</param>
/// <param name="Bias">The tensor of the biases, (FileGates * Units), or null when the panel's biases are zero. Without columns: the tensor of the trained vectors.</param>
/// <param name="Units">Units of the layer; 1 for a scalar.</param>
/// <param name="Columns">Length of the operand: columns of the weights; 0 for vectors that multiply nothing.</param>
/// <param name="Offset">First float of the panel in the arena.</param>
/// <param name="Gates">For each vector of the panel, the index of its gate in the file's order; each gate occurs once.</param>
public sealed record PanelTensor(string? Weight, string? Bias, int Units, int Columns, int Offset, int[] Gates)
{
    /// <summary>Number of gates stacked in the file's tensors; by default those of the panel.</summary>
    public int FileGates { get; init; } = Gates.Length;

    /// <summary>New weights are drawn uniformly within +-1/sqrt(InitialFan), or, where it is 0, normally with mean 0 and variance 1; by default the number of units.</summary>
    public int InitialFan { get; init; } = Units;

    /// <summary>True for a table with a row per token, an embedding: the tensor of the weights is (Columns, Units), of one gate.</summary>
    public bool IsTable { get; init; }

    /// <summary>
    /// Taps of a convolution over time (K), whose weight tensor is (FileGates * Units, Columns / K, K): column k * Columns / K + i of the panel is tap k of channel i.
    /// 0 for a matrix.
    /// </summary>
    public int Kernel { get; init; }

    /// <summary>True where a model with 8-bit weights holds the panel as an <see cref="Kernels.Int8Panel"/>; false for trained vectors, which stay floats.</summary>
    public bool IsInt8 { get; init; }

    /// <summary>First float of the panel in the arena of a model with 8-bit weights.</summary>
    public int Int8Offset { get; init; }

    /// <summary>For each vector of the panel the value that its biases have in a new model, or null where they are drawn as the weights are. Empty: all are drawn.</summary>
    public float?[] InitialBias { get; init; } = [];

    /// <summary>The tensor that the panel is known by: that of its weights, or without columns that of its vectors.</summary>
    public string Name => Weight ?? Bias ?? throw new InvalidOperationException("The panel has no tensor.");

    /// <summary>The tensor of the scales of 8-bit weights, (Rows), in a file that has them.</summary>
    internal string Scale => Weight + "_scale";

    /// <summary>Floats of the panel in the arena of floats.</summary>
    internal int Size => Kernels.Panel.Size(Units, Columns, Gates.Length);

    /// <summary>Floats of the panel in the arena of a model with 8-bit weights.</summary>
    internal int Int8Size => IsInt8 ? Kernels.Int8Panel.Size(Units, Columns, Gates.Length) : Size;

    /// <summary>Rows of the weight tensor: FileGates * Units.</summary>
    public int Rows => FileGates * Units;
}
