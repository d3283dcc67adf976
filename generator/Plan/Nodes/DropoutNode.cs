namespace Seq.Embedded.Generator.Plan.Nodes;

/// <summary>Dropout of a cell's output in training; in inference the rows are those of the cell. The cell has no other reader.</summary>
internal sealed class DropoutNode(CellNode source) : Node(source)
{
    public CellNode Cell { get; } = source;

    public override int? Width => Cell.Width;

    public override Node Storage => Cell.Storage;
}
