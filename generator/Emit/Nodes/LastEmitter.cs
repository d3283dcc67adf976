using Seq.Embedded.Generator.Plan.Nodes;

namespace Seq.Embedded.Generator.Emit.Nodes;

/// <summary>The last time step of a sequence: a state of a recurrent cell, or a row that the stream keeps.</summary>
internal sealed class LastEmitter(GraphEmitter graph, LastNode node) : NodeEmitter(graph, node)
{
    public override string Title => $"{Node.Member}: the last time step of every sequence";

    public override string Rows => Region(OutputRegion);

    public override string OutputRegion => Name + "_Last";

    public override string GradientRegion => Name + "_LastGradient";

    public override IEnumerable<Region> Regions =>
    [
        Graph.RegionOf(Node, OutputRegion, "output of the last time steps"),
        Graph.RegionOf(Node, GradientRegion, "its gradient").AsGradient(GradientRegionLayer),
    ];

    public override IEnumerable<string> StateRegions => State is null ? [] : [OutputRegion];

    private string Name => Node.Member;

    private StatePlan? State => node.States.Count > 0 ? node.States[0] : null;

    public override string StepRow(string copy) => State is { } state ? Names.State(state, copy) : Source.StepRow(copy);

    public override string SettledRow(string length) => State is { } state ? Names.Settled(state, length) : Source.SettledRow(length);

    /// <summary>Keeps the row of the step; the output is computed from it later.</summary>
    public override IEnumerable<string> Step(string copy) => State is { } state
        ? [$"SeqLanes.Copy({Source.StepRow(copy)}, {StepRow(copy)}, {Names.Number(state.Width)});"]
        : [];

    public override void Run(CodeWriter code)
    {
        if (State is not { } state)
        {
            return;
        }

        string width = Names.Number(state.Width), count = Names.RunCount(state.Axis), suffix = Names.Suffix(state.Axis);
        code.Open($"if ({count} > 0)");
        code.Line($"int now{suffix} = ({Names.Now(state.Axis)} + {count}) & 1;");
        code.Line($"{Source.RunRows}.Slice(({count} - 1) * {Source.RunStride}, {width}).CopyTo(_state.Span.Slice({Names.StateOffset(state, "now")}, {width}));");
        code.Close();
    }

    public override void Forward(CodeWriter code) => code.Line($"{Source.Time}.GatherLast({Source.Rows}, {Stride}, {Rows});");

    public override void Backward(CodeWriter code)
    {
        BeginGradient(code, Source, "below");
        code.Line($"{Source.Time}.ScatterLast({Gradient}, {Stride}, below);");
    }
}
