using Seq.Embedded.Generator.Plan.Nodes;

namespace Seq.Embedded.Generator.Emit.Nodes;

/// <summary>Two rows that become one: both directions of a layer, or a layer and its input.</summary>
internal sealed class MergeEmitter(GraphEmitter graph, MergeNode node) : NodeEmitter(graph, node)
{
    private const string Library = "global::Seq.Embedded.Kernels.RowMath";

    public override string Title => $"{node.Layer}: {node.Title}";

    public override string Rows => Region(OutputRegion);

    public override string OutputRegion => $"{Node.Member}_{(node.IsResidual ? "Residual" : "Merged")}";

    public override string GradientRegion => OutputRegion + "Gradient";

    public override IEnumerable<Region> Regions =>
    [
        Graph.RegionOf(Node, OutputRegion, node.Title),
        Graph.RegionOf(Node, GradientRegion, "its gradient").AsGradient(GradientRegionLayer),
    ];

    private NodeEmitter Right => Graph[Node.Sources[1]];

    private string Width => Names.Number(Node.Width!.Value);

    public override string StepRow(string copy) => Names.At("scratch", Names.Number(Node.ScratchOffset));

    public override string SettledRow(string length) => $"_scratch.Span.Slice({Names.Number(Node.ScratchOffset)}, {length})";

    public override IEnumerable<string> Step(string copy)
    {
        string left = Source.StepRow(copy), right = Right.StepRow(copy), result = StepRow(copy);
        return node.Kind == MergeKind.Concatenate
            ? [$"{Library}.Concatenate({left}, {WidthOf(Source)}, {right}, {WidthOf(Right)}, {result});"]
            : [$"{Library}.{Method}({left}, {right}, {result}, {Width});"];
    }

    public override void Run(CodeWriter code) => MergeRows(code, Source.RunRows, Right.RunRows, Names.RunCount(Node.Axis), RunRows);

    public override void Forward(CodeWriter code) => MergeRows(code, Source.Rows, Right.Rows, Count, Rows);

    public override void Backward(CodeWriter code)
    {
        code.Line($"SeqSpan gradient = {Gradient};");
        AddGradient(code, Source, "left", 0);
        AddGradient(code, Right, "right", node.Kind == MergeKind.Concatenate ? Source.Node.Width!.Value : 0);
    }

    private string Method => node.Kind == MergeKind.Average ? "Average" : "Add";

    private static string WidthOf(NodeEmitter source) => Names.Number(source.Node.Width!.Value);

    private void MergeRows(CodeWriter code, string left, string right, string count, string result) => code.Line(node.Kind == MergeKind.Concatenate
        ? $"{Library}.Concatenate({left}, {Source.Stride}, {WidthOf(Source)}, {right}, {Right.Stride}, {WidthOf(Right)}, {count}, {result}, {Stride});"
        : $"{Library}.{Method}({left}, {Source.Stride}, {right}, {Right.Stride}, {count}, {Width}, {result}, {Stride});");

    private void AddGradient(CodeWriter code, NodeEmitter source, string variable, int first)
    {
        if (source.WantsGradient)
        {
            string factor = node.Kind == MergeKind.Average ? "0.5f" : "1";
            code.If(GradientGuard(source), () =>
            {
                BeginGradient(code, source, variable);
                code.Line($"{Library}.AddGradient(gradient, {Stride}, {Names.Number(first)}, {factor}, {Count}, {WidthOf(source)}, {variable}, {source.Stride});");
            });
        }
    }
}
