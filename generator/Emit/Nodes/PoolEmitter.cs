using Seq.Embedded.Generator.Plan;
using Seq.Embedded.Generator.Plan.Nodes;

namespace Seq.Embedded.Generator.Emit.Nodes;

/// <summary>The weighted mean over time: step by step in all passes, as its order is that of the online softmax.</summary>
internal sealed class PoolEmitter(GraphEmitter graph, PoolNode node) : NodeEmitter(graph, node)
{
    private const string Pooling = "global::Seq.Embedded.Training.TimePooling";

    public override string Title => $"{node.Name}: the weighted mean over time of every sequence";

    public override string Rows => Region(OutputRegion);

    public override string OutputRegion => node.Member + "_Mean";

    public override string GradientRegion => node.Member + "_MeanGradient";

    public override IEnumerable<Region> Regions =>
    [
        Graph.RegionOf(node, OutputRegion, "weighted mean of the rows over time"),
        Graph.RegionOf(node, GradientRegion, "its gradient").AsGradient(GradientRegionLayer),
        GraphEmitter.RegionOf(node.Axis, Statistics, Scores.Stride, $"(sequences, {Scores.Stride}): largest score, and sum of the weights"),
    ];

    private NodeEmitter Scores => Graph[node.Sources[1]];

    private string Statistics => node.Member + "_Statistics";

    private string Width => Names.Number(node.Width!.Value);

    public override string StepRow(string copy) => Names.State(node.Mean, copy);

    public override string SettledRow(string length) => Names.Settled(node.Mean, length);

    public override IEnumerable<string> Step(string copy) => [Add(Scores.StepRow(copy), Source.StepRow(copy), state => Names.State(node.Statistics, state), state => Names.State(node.Mean, state))];

    public override void Run(CodeWriter code)
    {
        string suffix = Names.Suffix(node.WorkAxis);
        string Row(NodeEmitter of) => $"ref SeqMemory.GetReference({of.RunRows}.Slice(row * {of.RunStride}))";
        Func<string, string> Copies(StatePlan state) => copy => $"ref SeqUnsafe.Add(ref _state.Origin, {Names.StateOffset(state, copy)})";
        code.Open($"for (int row = 0; row < {Names.RunCount(node.WorkAxis)}; row++)");
        code.Line($"int now{suffix} = ({Names.Now(node.WorkAxis)} + row) & 1, next{suffix} = 1 - now{suffix};");
        code.Line(Add(Row(Scores), Row(Source), Copies(node.Statistics), Copies(node.Mean)));
        code.Close();
    }

    public override void Forward(CodeWriter code) =>
        code.Line($"{Pooling}.Forward({Arguments}, {Region(Statistics)}, {Rows}, {Stride});");

    public override void Backward(CodeWriter code)
    {
        if (Source.WantsGradient)
        {
            // Empty where nobody asks for it.
            code.Line("SeqSpan below = default;");
            code.If(GradientGuard(Source), () =>
            {
                code.Line($"below = {Source.Gradient};");
                ClearGradient(code, Source, "below");
            });
        }

        BeginGradient(code, Scores, "scores");
        code.Line($"{Pooling}.Backward({Arguments}, {Region(Statistics)}, {Rows}, {Gradient}, {Stride}, {(Source.WantsGradient ? "below" : "default")}, scores);");
    }

    /// <summary>What both passes read.</summary>
    private string Arguments => $"{Source.Time}, {Source.Rows}, {Source.Stride}, width: {Width}, {Scores.Rows}, {Scores.Stride}";

    private string Add(string score, string row, Func<string, string> statistics, Func<string, string> mean) =>
        $"global::Seq.Embedded.Kernels.OnlineSoftmax.Add({score}, {row}, {statistics("now")}, {statistics("next")}, {mean("now")}, {mean("next")}, {Width});";
}
