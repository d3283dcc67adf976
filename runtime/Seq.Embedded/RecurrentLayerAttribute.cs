namespace Seq.Embedded;

/// <summary>A stack of recurrent layers of one kind and size.</summary>
/// <param name="units">Number of units (H) of each layer; 1 to 16,384.</param>
public abstract class RecurrentLayerAttribute(int units) : LayerAttribute
{
    /// <summary>Number of units (H) of each layer.</summary>
    public int Units { get; } = units;

    /// <summary>Number of layers stacked on each other; 1 to 64. Default 1.</summary>
    public int Layers { get; set; } = 1;
}
