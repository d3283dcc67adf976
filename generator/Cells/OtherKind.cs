namespace Seq.Embedded.Generator.Cells;

/// <summary>A kind of layer without equations of a cell: the graph has nodes of its own for it, or none.</summary>
internal sealed class OtherKind(string attribute) : LayerKind
{
    public static new IReadOnlyList<OtherKind> All { get; } = [new(OneHot)];

    public override string Attribute => attribute;
}
