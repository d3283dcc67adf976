using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Plan;
using Seq.Embedded.Generator.Plan.Nodes;

namespace Seq.Embedded.Generator.Emit.Nodes;

/// <summary>The states that a cell of the decoder begins with: in a stream copied when the source is encoded, in training with their gradients.</summary>
internal sealed class HandOverEmitter(GraphEmitter graph, HandOverNode node) : NodeEmitter(graph, node)
{
    private LayerPlan Target => node.Target!.Layer;

    private string TargetTime => Names.Time(node.Target!.Axis);

    public override string Title => $"{Target.Name}: begins with what {Source.Node.Member} ends with";

    public override string Rows => Source.Rows;

    public override string OutputRegion => Source.OutputRegion;

    public override string GradientRegion => Source.GradientRegion;

    public override string RunRows => Source.RunRows;

    public override string BackwardGuard => GoesBack(Source.GradientLayer);

    /// <summary>The states of the decoder, and of the source those that they begin with.</summary>
    public IEnumerable<(StatePlan From, StatePlan To)> States =>
        (Source.Node.States.Count > 0 ? Source.Node.States : Source.Node.Sources[0].States).Zip(Target.States, (from, to) => (from, to));

    public override string StepRow(string copy) => Source.StepRow(copy);

    public override string SettledRow(string length) => Source.SettledRow(length);

    public override void Forward(CodeWriter code)
    {
        if (Source is not CellEmitter cell)
        {
            code.Line($"{TargetTime}.TakeRows({Source.Rows}, {Source.Stride}, {Initial(Target.Program.States.First())});");
            return;
        }

        foreach ((Kept from, Kept to) in cell.Layer.Program.States.Zip(Target.Program.States, (from, to) => (from, to)))
        {
            code.Line($"{TargetTime}.TakeLast({Source.Time}, {Region(CellRegions.Rows(cell.Layer, from))}, {Names.Padded(Target, to.Space)}, {Initial(to)});");
        }
    }

    public override void Backward(CodeWriter code)
    {
        if (Source is not CellEmitter cell)
        {
            BeginGradient(code, Source, "below");
            code.Line($"{TargetTime}.ReturnRows({Carry(Target, Target.Program.States.First())}, {Source.Stride}, below);");
            return;
        }

        if (Graph.HasNoGradient(Source.Node))
        {
            code.Line($"{Source.Gradient}.Slice(0, {Source.Count} * {Source.Stride}).Clear();");
        }

        // The gradient of the final states: the backward pass of the source goes on from there.
        foreach ((Kept from, Kept to) in cell.Layer.Program.States.Zip(Target.Program.States, (from, to) => (from, to)))
        {
            code.Line($"SeqSpan {from.Name}Carry = {Carry(cell.Layer, from)};");
            code.Line($"{from.Name}Carry.Clear();");
            code.Line($"{TargetTime}.ReturnRows({Carry(Target, to)}, {Names.Padded(Target, to.Space)}, {from.Name}Carry);");
        }
    }

    private string Initial(Kept kept) => Region(CellRegions.Initial(Target, kept));

    private static string Carry(LayerPlan layer, Kept kept) => Region(CellRegions.Carry(layer, kept));
}
