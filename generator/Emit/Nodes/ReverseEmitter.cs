using Seq.Embedded.Generator.Plan.Nodes;

namespace Seq.Embedded.Generator.Emit.Nodes;

/// <summary>Rows in the reverse order of time. A model that has them is never stepped: a chunk or a sequence is reversed as a whole.</summary>
internal sealed class ReverseEmitter(GraphEmitter graph, ReverseNode node) : NodeEmitter(graph, node)
{
    public override string Title => $"{node.Layer}: {Content}";

    public override string Rows => Region(OutputRegion);

    public override string OutputRegion => $"{Node.Member}_{(node.IsInput ? "Input" : "Output")}";

    public override string GradientRegion => OutputRegion + "Gradient";

    public override int GradientLayer => Source.GradientLayer;

    public override string BackwardGuard => WantsGradient ? GoesBack(GradientLayer) : "";

    public override IEnumerable<Region> Regions
    {
        get
        {
            yield return Graph.RegionOf(Node, OutputRegion, Content);
            if (WantsGradient)
            {
                yield return Graph.RegionOf(Node, GradientRegion, "its gradient").AsGradient(GradientRegionLayer);
            }
        }
    }

    private string Content => (node.IsInput ? "input in the reverse order of time" : "output in the order of time again")
        + (node.Chunk > 0 ? ", chunk by chunk" : "");

    private string Width => Names.Number(Node.Width!.Value);

    private string Chunk => node.Chunk > 0 ? $", chunk: {Names.Number(node.Chunk)}" : "";

    public override string StepRow(string copy) => throw new InvalidOperationException("Time is not reversed within a step.");

    public override string SettledRow(string length) => throw new InvalidOperationException("Time is not reversed within a step.");

    public override void Run(CodeWriter code) =>
        code.Line($"global::Seq.Embedded.Kernels.RowMath.Reverse({Source.RunRows}, {Source.Stride}, {Names.RunCount(Node.Axis)}, {Width}, {RunRows}, {Stride});");

    public override void Forward(CodeWriter code) => code.Line($"{Time}.Reverse({Source.Rows}, {Source.Stride}, {Width}, {Rows}, {Stride}{Chunk});");

    public override void Backward(CodeWriter code)
    {
        if (WantsGradient)
        {
            BeginGradient(code, Source, "below");
            code.Line($"{Time}.AddReversed({Gradient}, {Stride}, {Width}, below, {Source.Stride}{Chunk});");
        }
    }
}
