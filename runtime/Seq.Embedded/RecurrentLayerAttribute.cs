namespace Seq.Embedded;

/// <summary>A stack of recurrent layers of one kind and size.</summary>
/// <param name="units">Number of units (H) of each layer; 1 to 16,384.</param>
public abstract class RecurrentLayerAttribute(int units) : LayerAttribute
{
    /// <summary>Number of units (H) of each layer.</summary>
    public int Units { get; } = units;

    /// <summary>Number of layers stacked on each other; 1 to 64. Default 1.</summary>
    public int Layers { get; set; } = 1;

    /// <summary>
    /// The direction of time; default <see cref="Direction.Forward"/>. With a layer of another direction the model reads the whole sequence: the class has
    /// <c>Run</c> and no <c>Step</c>, unless <see cref="SequenceModelAttribute.LookAhead"/> is given. Each layer of a stack reads the merged output of the one below.
    /// Where this is the last layer over time of a many-to-one model (<see cref="SequenceTask.ManyToOne"/>), what stands above it reads
    /// [h of the forward direction after the last time step; h of the reverse direction after the first], merged as <see cref="Merge"/> says (PyTorch's <c>h_n</c>):
    /// the two states that have read the whole sequence. Another layer over time above it reads the merged outputs of all time steps, in which the reverse
    /// direction at the last time step has read that time step alone.
    /// </summary>
    public Direction Direction { get; set; }

    /// <summary>How a bidirectional layer merges its two outputs; default <see cref="DirectionMerge.Concatenate"/>, 2H outputs.</summary>
    public DirectionMerge Merge { get; set; }

    /// <summary>False: the maps have no biases, and there are no tensors of them; in a normalised layer the normalisations have none. Default true.</summary>
    public bool Bias { get; set; } = true;

    /// <summary>
    /// What a sequence begins with where nothing else is given; default <see cref="InitialState.Zero"/>. Learned states have tensors of their own,
    /// <c>h0_l0 (H)</c> and for a cell with c <c>c0_l0 (H)</c>; a new model starts with zeros in them.
    /// </summary>
    public InitialState InitialState { get; set; }
}
