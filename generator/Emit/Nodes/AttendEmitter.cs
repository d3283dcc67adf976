using Seq.Embedded.Generator.Plan;
using Seq.Embedded.Generator.Plan.Nodes;

namespace Seq.Embedded.Generator.Emit.Nodes;

/// <summary>Attention: in a step over the memory of the source, in training over the packed rows of all sources.</summary>
internal sealed class AttendEmitter(GraphEmitter graph, AttendNode node) : NodeEmitter(graph, node)
{
    private string Name => node.Member;

    private string Weights => Name + "_Weights";

    private string Context => Name + "_Context";

    /// <param name="memory">The method that gives a part of the weights, or of their gradient.</param>
    private string Score(string memory) => node.Weights is { } score ? $"{memory}({Names.Number(score.Panels[0].Offset)}, {Names.Number(score.PackedFloats(0))})" : "default";

    private string Units => Names.Number(node.Query.Width!.Value);

    private string Width => Names.Number(node.Values.Width!.Value);

    private string StateWidth => Names.Number(node.State.Width!.Value);

    public override string Title => $"{node.Name}: {(node.Weights is null ? "dot products" : "additive scores")}, softmax over the steps of the source, context";

    public override string Rows => Region(OutputRegion);

    public override string OutputRegion => Name + "_Rows";

    public override string GradientRegion => Name + "_RowsGradient";

    public override IEnumerable<Region> Regions =>
    [
        Graph.RegionOf(Node, OutputRegion, "context, then the state that asked for it"),
        Graph.RegionOf(Node, GradientRegion, "its gradient").AsGradient(GradientRegionLayer),
        GraphEmitter.RegionOf(node.Values.Axis, Weights, "1", "(rows of the source): weights of the source's steps for one row"),
        GraphEmitter.RegionOf(Axis.Sequence, Context, Graph[node.Values].Stride, $"({Graph[node.Values].Stride}): one context"),
    ];

    public override string StepRow(string copy) => Names.At("scratch", Names.Number(node.ScratchOffset));

    public override string SettledRow(string length) => $"_scratch.Span.Slice({Names.Number(node.ScratchOffset)}, {length})";

    public override IEnumerable<string> Step(string copy)
    {
        string Vector(NodeEmitter emitter) => $"SeqMemory.CreateReadOnlySpan({emitter.StepRow(copy)}, {emitter.Stride})";
        string Memory(Node source) => $"new(_memory.Span.Slice({Names.Number(source.Storage.MemoryOffset)} * MaxSourceSteps), {Graph[source].Stride}, default, 0, _sourceSteps)";
        return
        [
            $"global::Seq.Embedded.Kernels.Attention.Attend({Vector(Graph[node.Query])}, {Units}, {Score("_model._weights.Span.Slice")}, {Memory(node.Key)}, {Memory(node.Values)}, {Width}, _attention.Span, SeqMemory.CreateSpan({StepRow(copy)}, {Width}));",
            $"SeqLanes.Copy({Graph[node.State].StepRow(copy)}, {Names.At("scratch", Names.Number(node.ScratchOffset + node.Values.Width!.Value))}, {StateWidth});",
        ];
    }

    public override void Forward(CodeWriter code)
    {
        Begin(code, "panels.Slice");
        code.Line($"attention.Forward({Graph[node.Query].Rows}, {Graph[node.Key].Rows}, {Graph[node.Values].Rows}, {Region(Weights)}, {Rows});");
        code.Line($"{Time}.CopyColumns({Graph[node.State].Rows}, {Graph[node.State].Stride}, {StateWidth}, {Rows}, {Stride}, {Width});");
    }

    public override void Backward(CodeWriter code)
    {
        Dictionary<Node, string> gradients = [];
        foreach (Node source in node.Sources.Distinct())
        {
            gradients.Add(source, "below" + Names.Number(gradients.Count));
            BeginGradient(code, Graph[source], gradients[source]);
        }

        Begin(code, "panels.Slice");
        code.Line($"attention.Backward({Graph[node.Query].Rows}, {Graph[node.Key].Rows}, {Graph[node.Values].Rows}, {Region(Weights)}, {Region(Context)}, {Gradient}, "
            + $"{gradients[node.Query]}, {gradients[node.Key]}, {gradients[node.Values]}, {Score("shard.Gradient")});");
        if (node.Weights is not null && Graph.Plan.LayerNames.Count > 1)
        {
            code.If($"!shard.Trains({Names.Number(node.LayerNumber)})", () => code.Line($"{Score("shard.Gradient")}.Clear();"));
        }

        code.Line($"{Time}.AddColumns({Gradient}, {Stride}, {Width}, {StateWidth}, {gradients[node.State]}, {Graph[node.State].Stride});");
    }

    private void Begin(CodeWriter code, string panels)
    {
        code.Open("global::Seq.Embedded.Training.AttentionRows attention = new()");
        code.Line($"Target = {Time}, Source = {Graph[node.Values].Time}, Units = {Units}, Stride = {Graph[node.Query].Stride}, Width = {Width},");
        code.Line($"ValueStride = {Graph[node.Values].Stride}, ResultStride = {Stride}, Score = {Score(panels)},");
        code.CloseStatement();
    }
}
