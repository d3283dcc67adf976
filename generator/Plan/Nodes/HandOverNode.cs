namespace Seq.Embedded.Generator.Plan.Nodes;

/// <summary>Hands the end of the encoder to the decoder: the first states of a cell of the decoder.</summary>
/// <param name="source">A cell of the encoder, whose final states it takes, or the last row of an encoder without states, which becomes the first state.</param>
internal sealed class HandOverNode(Node source) : Node(source)
{
    /// <summary>The cell that begins with those states.</summary>
    public CellNode? Target { get; set; }

    /// <summary>The gradient of a cell's final states goes another way than that of its rows.</summary>
    public override bool AddsGradient => Sources[0] is not CellNode;

    public override int? Width => Sources[0].Width;

    public override Node Storage => Sources[0].Storage;
}
