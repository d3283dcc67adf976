using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Plan;
using Seq.Embedded.Generator.Plan.Nodes;

namespace Seq.Embedded.Generator.Emit.Nodes;

/// <summary>A cell in a step and in a whole-sequence run; its passes of training stand in CellTraining.</summary>
internal sealed class CellEmitter(GraphEmitter graph, CellNode node) : NodeEmitter(graph, node)
{
    public LayerPlan Layer => node.Layer;

    /// <summary>True where the gradient of its first states is wanted.</summary>
    public bool TakesOver => node.TakesOver;

    /// <summary>True where the gradient of its final states is given.</summary>
    public bool HandsOver => node.HandsOver;

    public override string Title => $"{Layer.Name}: {Layer.Title}";

    public override string Rows => Region(OutputRegion);

    public override string OutputRegion => CellRegions.Rows(Layer, Layer.Program.Equations.Output);

    public override string GradientRegion => CellRegions.Gradient(Layer);

    public override IEnumerable<Region> Regions => new CellRegions(Graph, node, GradientRegionLayer).All;

    /// <summary>The panels by which the backward pass multiplies: all, but that of an input that wants no gradient; and the layer down to which the gradient must go for that.</summary>
    public IEnumerable<(PanelPlan Panel, int GradientLayer)> TransposedPanels =>
        Layer.Panels.Select(panel => (panel, panel.Operand.IsInput ? Source.GradientLayer : node.LayerNumber)).Where(entry => entry.Item2 >= 0);

    private StepForm StepForm => StepForm.Of(Graph.Plan, Layer);

    private StepForm RunForm => StepForm.OfRun(Layer);

    private string OpenArgument => Layer.IsOpen ? ", outputs" : "";

    public override string StepRow(string copy) => Layer.IsRecurrent
        ? Names.State(Layer.States[0], copy)
        : Names.At("scratch", Names.Number(node.ScratchOffset));

    public override string SettledRow(string length) => Layer.IsRecurrent
        ? Names.Settled(Layer.States[0], length)
        : $"_scratch.Span.Slice({Names.Number(node.ScratchOffset)}, {length})";

    public override IEnumerable<string> Step(string copy)
    {
        List<string> arguments = ["ref weights", Source.StepRow(copy)];
        int index = 0, scratch = node.ScratchOffset;
        string Scratch(int floats)
        {
            string at = Names.At("scratch", Names.Number(scratch));
            scratch += floats;
            return at;
        }

        foreach (Kept kept in Layer.Program.Equations.Kept)
        {
            if (kept.IsState)
            {
                arguments.Add(Names.State(Layer.States[index], "now"));
                arguments.Add(Names.State(Layer.States[index], "next"));
                index++;
            }
            else
            {
                arguments.Add(Scratch(Layer.Padded ?? 0));
            }
        }

        if (Layer.StepUsesSlots)
        {
            // Those of an open layer, whose size the plan does not know, are the first row of a run's.
            arguments.Add(Layer.Padded is { } padded ? Scratch(Layer.Program.Slots * padded) : "ref _slots.Origin");
            arguments.AddRange(Layer.ComputedOperands.Select(operand => Scratch(Layer.PaddedOf(operand)!.Value)));
        }

        if (Layer.Int8Products.Any())
        {
            arguments.Add("ref bytes");
        }

        return [$"{Layer.Member}Step({string.Join(", ", arguments)}{OpenArgument}{(StepForm.Alternates ? ", descending" + Names.Suffix(node.Axis) : "")});"];
    }

    public override void Run(CodeWriter code)
    {
        if (node.Chunk > 0)
        {
            code.Line("// Starts anew with every chunk.");
            foreach (StatePlan state in Layer.States)
            {
                code.Line(StateEmitter.Initial(state));
            }
        }

        code.Line(PanelCalls.InputProduct(Layer, Source.RunRows, Names.RunCount(node.Axis), Source.RunStride, "slots"));
        if (Layer.IsRecurrent)
        {
            RunRecurrence(code);
        }
        else
        {
            string rows = string.Join(", ", TrainingKernelEmitter.Forward(Layer)[0].Rows.Select(row => $"ref SeqMemory.GetReference({(row.Kind == RowKind.Slots ? "slots" : RunRows)})"));
            code.Line($"{Layer.Member}Forward({rows}, {Names.RunCount(node.Axis)}{OpenArgument});");
        }
    }

    /// <summary>A reverse direction that starts anew with every chunk takes no given state.</summary>
    public override IEnumerable<(StatePlan State, string Region)> InitialStates =>
        node.Chunk > 0 ? [] : Layer.States.Zip(Layer.Program.States, (state, kept) => (state, CellRegions.Initial(Layer, kept)));

    public override IEnumerable<string> StateRegions => Layer.Program.States.Select(kept => CellRegions.Rows(Layer, kept));

    public override void Forward(CodeWriter code) => new CellTraining(Graph, this, code).Forward();

    public override void Backward(CodeWriter code) => new CellTraining(Graph, this, code).Backward();

    public override void StreamMethods(CodeWriter code)
    {
        // An encoder is given its source as a whole, a decoder steps only.
        if (Graph.Plan.HasDecoder ? node.Axis.IsTarget : !Graph.Plan.HasReverse || !node.ReadsTime)
        {
            new StepKernelEmitter(code, Layer, StepForm).EmitStep();
        }

        if (Layer.IsRecurrent && !node.Axis.IsTarget)
        {
            new StepKernelEmitter(code, Layer, RunForm).EmitRecur();
        }
    }

    public override void TrainingMethods(CodeWriter code) => new TrainingKernelEmitter(code, Layer).Emit();

    private void RunRecurrence(CodeWriter code)
    {
        string padded = Stride, suffix = Names.Suffix(node.Axis);
        code.Open($"for (int row = 0; row < {Names.RunCount(node.Axis)}; row++)");
        code.Line($"int now{suffix} = ({Names.Now(node.Axis)} + row) & 1, next{suffix} = 1 - now{suffix};");
        List<string> arguments = ["ref weights"];
        foreach (StatePlan state in Layer.States)
        {
            arguments.Add(Names.State(state, "now"));
            arguments.Add(Names.State(state, "next"));
        }

        arguments.Add($"ref slots[row * {Names.Number(Layer.Program.Slots * Layer.Padded!.Value)}]");
        int scratch = node.ScratchOffset + (Layer.Program.Slots * Layer.Padded.Value);
        foreach (CellOperand operand in Layer.ComputedOperands)
        {
            arguments.Add($"ref SeqUnsafe.Add(ref _scratch.Origin, {Names.Number(scratch)})");
            scratch += Layer.PaddedOf(operand)!.Value;
        }

        if (Layer.Int8Products.Any(panel => !panel.Operand.IsInput))
        {
            arguments.Add("ref _bytes.Origin");
        }

        code.Line($"{Layer.Member}Recur({string.Join(", ", arguments)}{(RunForm.Alternates ? $", now{suffix} != 0" : "")});");
        code.Line($"_state.Span.Slice({Names.StateOffset(Layer.States[0], "next")}, {padded}).CopyTo({RunRows}.Slice(row * {padded}, {padded}));");
        code.Close();
    }
}
