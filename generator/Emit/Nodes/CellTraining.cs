using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Plan;
using Seq.Embedded.Generator.Plan.Nodes;

namespace Seq.Embedded.Generator.Emit.Nodes;

/// <summary>The passes of training of a cell: the products with x of all rows at once; what is recurrent, time step by time step.</summary>
internal sealed class CellTraining(GraphEmitter graph, CellEmitter emitter, CodeWriter code)
{
    private LayerPlan Layer => emitter.Layer;

    private IReadOnlyList<CellSpace> Spaces => Layer.Program.Equations.Spaces;

    private IEnumerable<PanelPlan> InnerPanels => Layer.Panels.Where(panel => !panel.Operand.IsInput);

    /// <summary>Time steps after which the states start anew, or 0.</summary>
    private int Chunk => ((CellNode)emitter.Node).Chunk;

    /// <summary>True, in the generated code, where the state before time step t is the initial one.</summary>
    private string Starts => Chunk > 0 ? $"t % {Names.Number(Chunk)} == 0" : "t == 0";

    /// <summary>True where time step t is not the first of its sequence; with checkpoints of activations the rows can begin with a later one.</summary>
    private string GoesOn => Chunk > 0 ? $"t % {Names.Number(Chunk)} != 0" : HasCheckpoints ? "shard.FirstStep + t > 0" : "t > 0";

    /// <summary>The condition of what is done only where the weights of the layer are trained; empty where they always are.</summary>
    private string Trains => graph.Plan.LayerNames.Count > 1 ? $"shard.Trains({Names.Number(emitter.Node.LayerNumber)})" : "";

    private bool HasCheckpoints => graph.Plan.WholeSequenceLayer is null;

    private string Time => emitter.Time;

    private NodeEmitter Source => graph[emitter.Node.Sources[0]];

    public void Forward()
    {
        code.Line($"SeqSpan {string.Join(", ", SlotSpans())};");
        code.Line(PanelCalls.InputProduct(Layer, Source.Rows, emitter.Count, Source.Stride, "slots"));
        if (Layer.IsRecurrent)
        {
            ForwardThroughTime();
        }
        else
        {
            Kernel(TrainingKernelEmitter.Forward(Layer)[0], emitter.Count);
        }
    }

    public void Backward()
    {
        code.Line($"SeqSpan gradient = {emitter.Gradient}, {string.Join(", ", SlotSpans())};");
        if (Layer.IsRecurrent)
        {
            BackwardThroughTime();
        }
        else
        {
            Kernel(TrainingKernelEmitter.Backward(Layer)[0], emitter.Count);
        }

        code.If(Trains, WeightGradients);
        if (Source.WantsGradient)
        {
            code.If(emitter.GradientGuard(Source), () =>
            {
                emitter.BeginGradient(code, Source, "below");
                code.Line(Transposed(Layer.Panels[0], "slots", emitter.Count, "below", Source.Stride));
            });
        }
    }

    private void WeightGradients()
    {
        foreach (PanelPlan panel in InnerPanels)
        {
            string name = panel.Operand.IsComputed ? $"m{panel.Operand.Index}" : panel.Operand.Name;
            string padded = Padded(panel.Operand), slots = SlotSpan(panel.Operand.Space);
            string target = $"{PanelCalls.Panel("shard.Gradient", Layer, panel)}{PanelCalls.Bias(panel)}";
            code.Line(panel.Operand.IsComputed
                ? $"SeqProduct.AccumulateOuter({name}, {emitter.Count}, {padded}, {slots}, {PanelCalls.Slots(Layer, panel)}, {target});"
                : $"{Time}.AccumulateRecurrent({name}, {name}Initial, {padded}, {slots}, {PanelCalls.Slots(Layer, panel)}, {target}{(Chunk > 0 ? $", chunk: {Names.Number(Chunk)}" : "")});");
        }

        code.Line(PanelCalls.InputGradient(Layer, Source.Rows, emitter.Count, Source.Stride, "slots"));
        foreach (ParameterPlan parameter in Layer.Parameters.Where(parameter => parameter.Tensor.InitialOf is null))
        {
            code.Line(PanelCalls.ParameterGradient(Layer, parameter, emitter.Count, SlotSpan(parameter.Tensor.Space)));
        }

        if (Chunk == 0 && InitialParameters.Any())
        {
            // What is carried back beyond the first time step is the gradient of the state before it.
            code.If(HasCheckpoints ? "shard.FirstStep == 0" : "", () => InitialGradients("shard.Sequences"));
        }
    }

    private void ForwardThroughTime()
    {
        foreach (Kept kept in Layer.Program.States)
        {
            code.Line($"SeqSpan {kept.Name} = {Region(CellRegions.Rows(Layer, kept))}, {kept.Name}Initial = {Region(CellRegions.Initial(Layer, kept))};");
        }

        foreach (CellOperand operand in Layer.ComputedOperands)
        {
            code.Line($"SeqSpan m{operand.Index} = {Region(CellRegions.Computed(Layer, operand))};");
        }

        foreach (Kept kept in Layer.Program.States)
        {
            if (CellRegions.InitialOf(Layer, kept) is { } initial)
            {
                code.Line($"shard.BeginWith(panels.Slice({Names.Number(initial.Offset)}, {Names.Number(initial.Size(Layer))}), {kept.Name}Initial{(Chunk > 0 ? ", always: true" : "")});");
            }
        }

        code.Open($"for (int t = 0; t < {Time}.Steps; t++)");
        code.Line($"int first = {Time}.FirstRow(t), count = {Time}.RowCount(t);");
        code.Line($"SeqSpan {string.Join(", ", NowSpans())};");
        IReadOnlyList<TrainingKernel> kernels = TrainingKernelEmitter.Forward(Layer);
        Previous(kept => Reads(kernels, kept) || Layer.Program.OperandOf(kept.Previous) is not null);
        foreach (CellStage stage in Layer.Program.Stages)
        {
            foreach (PanelPlan panel in InnerPanels.Where(panel => panel.Operand.Stage == stage.Index))
            {
                string padded = Padded(panel.Operand);
                string rows = panel.Operand.IsComputed ? $"m{panel.Operand.Index}.Slice(first * {padded})" : panel.Operand.Name + "Previous";
                code.Line(PanelCalls.Product(Layer, panel, rows, "count", padded, NowSpan(panel.Operand.Space)));
            }

            Kernel(kernels[stage.Index], "count");
        }

        foreach (Kept kept in Layer.Program.States.Where(kept => !CellProgram.IsZeroInPadding(kept.Next) && Layer.UnitsOf(kept.Space) != Layer.PaddedOf(kept.Space)))
        {
            code.Line($"global::Seq.Embedded.Kernels.Panel.ClearPadding({kept.Name}.Slice(first * {Names.Padded(Layer, kept.Space)}), count, {Names.Units(Layer, kept.Space)});");
        }

        code.Close();
    }

    private void BackwardThroughTime()
    {
        foreach (Kept kept in Layer.Program.States)
        {
            string name = kept.Name;
            code.Line($"SeqSpan {name} = {Region(CellRegions.Rows(Layer, kept))}, {name}Initial = {Region(CellRegions.Initial(Layer, kept))}, {name}Carry = {Region(CellRegions.Carry(Layer, kept))};");
            if (!emitter.HandsOver)
            {
                code.Line(HasCheckpoints ? $"shard.BeginCarry({name}Carry);" : $"{name}Carry.Clear();");
            }
        }

        foreach (CellOperand operand in Layer.ComputedOperands)
        {
            code.Line($"SeqSpan m{operand.Index} = {Region(CellRegions.Computed(Layer, operand))}, dm{operand.Index} = {Region(CellRegions.ComputedGradient(Layer, operand))};");
        }

        code.Open($"for (int t = {Time}.Steps - 1; t >= 0; t--)");
        code.Line($"int first = {Time}.FirstRow(t), count = {Time}.RowCount(t);");
        code.Line($"SeqSpan {string.Join(", ", NowSpans())};");
        IReadOnlyList<TrainingKernel> kernels = TrainingKernelEmitter.Backward(Layer);
        Previous(kept => Reads(kernels, kept));
        foreach (CellStage stage in Layer.Program.Stages.Reverse())
        {
            Kernel(kernels[stage.Index], "count");
            foreach (PanelPlan panel in InnerPanels.Where(panel => panel.Operand.Stage == stage.Index))
            {
                string padded = Padded(panel.Operand);
                string Product(string gradient) => Transposed(panel, NowSpan(panel.Operand.Space), "count", gradient, padded);
                if (panel.Operand.IsComputed)
                {
                    string gradient = $"dm{panel.Operand.Index}";
                    code.Line($"{gradient}.Slice(0, count * {padded}).Clear();");
                    code.Line(Product(gradient));
                }
                else if (emitter.TakesOver || CellRegions.InitialOf(Layer, ((Previous)panel.Operand.Vector).Kept) is not null)
                {
                    code.Line(Product($"{panel.Operand.Name}Carry"));
                }
                else
                {
                    code.Open($"if ({GoesOn})");
                    code.Line(Product($"{panel.Operand.Name}Carry"));
                    code.Close();
                }
            }
        }

        if (Chunk > 0)
        {
            code.Line();
            code.Open($"if ({Starts})");
            code.Line("// The time step before belongs to another chunk: what is carried is the gradient of the initial state.");
            if (InitialParameters.Any())
            {
                code.If(Trains, () => InitialGradients("count"));
            }

            foreach (Kept kept in Layer.Program.States)
            {
                code.Line($"{kept.Name}Carry.Clear();");
            }

            code.Close();
        }

        code.Close();
    }

    private string Transposed(PanelPlan panel, string slots, string count, string rows, string stride) =>
        PanelCalls.Transposed(Layer, panel, graph.TransposedPanels.FindIndex(other => other.Panel == panel), slots, count, rows, stride);

    private IEnumerable<ParameterPlan> InitialParameters => Layer.Parameters.Where(parameter => parameter.Tensor.InitialOf is not null);

    /// <summary>Adds what is carried back for some sequences to the gradients of learned initial states.</summary>
    private void InitialGradients(string count)
    {
        foreach (ParameterPlan parameter in InitialParameters)
        {
            if (Chunk == 0)
            {
                code.Line($"shard.ClearGiven({parameter.Tensor.InitialOf!.Name}Carry, {Names.Number(parameter.Size(Layer))});");
            }

            code.Line($"SeqProduct.AccumulateOuter(default, {count}, 0, {parameter.Tensor.InitialOf!.Name}Carry, slots: 1, firstSlot: 0, "
                + $"shard.Gradient({Names.Number(parameter.Offset)}, {Names.Number(parameter.Size(Layer))}), units: {Names.Number(parameter.Units(Layer))}, columns: 0, vectors: 1);");
        }
    }

    /// <summary>The states before time step t, of those that something reads.</summary>
    private void Previous(Func<Kept, bool> isRead)
    {
        foreach (Kept kept in Layer.Program.States.Where(isRead))
        {
            code.Line($"SeqSpan {kept.Name}Previous = {Starts} ? {kept.Name}Initial : {kept.Name}.Slice({Time}.FirstRow(t - 1) * {Names.Padded(Layer, kept.Space)});");
        }
    }

    private static bool Reads(IReadOnlyList<TrainingKernel> kernels, Kept kept) =>
        kernels.Any(kernel => kernel.Rows.Any(row => row.Kind == RowKind.Previous && row.Kept == kept));

    /// <summary>The call of a kernel: of all rows of a layer without states, or of the rows of one time step.</summary>
    private void Kernel(TrainingKernel kernel, string count)
    {
        if (kernel.IsEmpty)
        {
            return;
        }

        string first = Layer.IsRecurrent ? $"first * {Names.Padded(Layer, kernel.Space)}" : "0";
        IEnumerable<string> rows = kernel.Rows.Select(row => row.Kind switch
        {
            RowKind.Weights => "ref Weights.Origin",
            RowKind.Slots => $"ref {(Layer.IsRecurrent ? NowSpan(kernel.Space) : SlotSpan(kernel.Space))}[0]",
            RowKind.Previous => $"ref {row.Kept!.Name}Previous[0]",
            RowKind.Next => Layer.IsRecurrent ? $"ref {row.Kept!.Name}[{first}]" : $"ref {Region(CellRegions.Rows(Layer, row.Kept!))}[0]",
            RowKind.Carry => $"ref {row.Kept!.Name}Carry[0]",
            RowKind.Gradient => $"ref gradient[{first}]",
            RowKind.Computed => $"ref m{row.Operand!.Index}[{first}]",
            _ => $"ref dm{row.Operand!.Index}[0]",
        });
        code.Line($"{kernel.Name}({string.Join(", ", rows)}, {count}{(Layer.IsOpen ? ", outputs" : "")});");
    }

    private IEnumerable<string> SlotSpans() => Spaces.Select(space => $"{SlotSpan(space)} = {Region(CellRegions.Slots(Layer, space))}");

    /// <summary>The slots of one time step.</summary>
    private IEnumerable<string> NowSpans() => Spaces.Select(space =>
        $"{NowSpan(space)} = {SlotSpan(space)}.Slice(first * {Names.Number(Layer.Program.Layout.Count(space) * (Layer.PaddedOf(space) ?? 0))})");

    private static string SlotSpan(CellSpace space) => space.Index == 0 ? "slots" : "projection";

    private static string NowSpan(CellSpace space) => space.Index == 0 ? "now" : "projectionNow";

    private string Padded(CellOperand operand) => Names.Number(Layer.PaddedOf(operand)!.Value);

    private static string Region(string name) => $"shard.Region({name})";
}
