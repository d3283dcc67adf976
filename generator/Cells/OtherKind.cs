namespace Seq.Embedded.Generator.Cells;

/// <summary>A kind of layer without equations of a cell: the graph has nodes of its own for it, or none.</summary>
internal sealed class OtherKind(string attribute, Dictionary<string, string[]>? options = null, Dictionary<string, OptionRange>? ranges = null, string[]? modules = null) : LayerKind
{
    public static new IReadOnlyList<OtherKind> All { get; } =
    [
        new(OneHot),
        new(Decoder),
        new(Attention, new() { ["Score"] = ["Additive", "DotProduct"] }, new() { ["Units"] = new(0, 16_384, 0) }, ["query", "key", "score", "combine"]),
    ];

    public override string Attribute => attribute;

    public override IReadOnlyDictionary<string, string[]> Options { get; } = options ?? [];

    public override IReadOnlyDictionary<string, OptionRange> Ranges { get; } = ranges ?? [];

    public override IReadOnlyList<string> Modules { get; } = modules ?? [];
}
