namespace Seq.Embedded;

/// <summary>A stack of recurrent layers of one kind and size.</summary>
/// <param name="units">Number of units (H) of each layer; 1 to 16,384.</param>
public abstract class RecurrentLayerAttribute(int units) : LayerAttribute
{
    /// <summary>Number of units (H) of each layer.</summary>
    public int Units { get; } = units;

    /// <summary>Number of layers stacked on each other; 1 to 64. Default 1.</summary>
    public int Layers { get; set; } = 1;

    /// <summary>False: the maps have no biases, and there are no tensors of them; in a normalised layer the normalisations have none. Default true.</summary>
    public bool Bias { get; set; } = true;

    /// <summary>
    /// What a sequence begins with where nothing else is given; default <see cref="InitialState.Zero"/>. Learned states have tensors of their own,
    /// <c>h0_l0 (H)</c> and for a cell with c <c>c0_l0 (H)</c>; a new model starts with zeros in them.
    /// </summary>
    public InitialState InitialState { get; set; }
}
