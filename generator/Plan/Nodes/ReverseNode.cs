namespace Seq.Embedded.Generator.Plan.Nodes;

/// <summary>
/// The rows of every sequence, or of every chunk of it, in the reverse order of time. It stands below and above the cell of a reverse direction,
/// which so goes through time as all cells do.
/// </summary>
/// <param name="source">The rows.</param>
/// <param name="layer">Name of the layer it belongs to.</param>
/// <param name="member">The same in generated members.</param>
/// <param name="chunk">Time steps of a chunk; 0 where whole sequences are reversed.</param>
/// <param name="isInput">True below the cell, false above it.</param>
internal sealed class ReverseNode(Node source, string layer, string member, int chunk, bool isInput) : Node(source)
{
    public override string Member => member;

    public override int? Width => Sources[0].Width;

    /// <summary>Name of the layer it belongs to.</summary>
    public string Layer { get; } = layer;

    public int Chunk { get; } = chunk;

    public bool IsInput { get; } = isInput;
}
