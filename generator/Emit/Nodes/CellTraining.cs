using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Plan;
using Seq.Embedded.Generator.Plan.Nodes;

namespace Seq.Embedded.Generator.Emit.Nodes;

/// <summary>The passes of training of a cell: the products with x of all rows at once; what is recurrent, time step by time step.</summary>
internal sealed class CellTraining(GraphEmitter graph, CellEmitter emitter, CodeWriter code)
{
    private LayerPlan Layer => emitter.Layer;

    private string Padded => Names.Padded(Layer);

    private string SlotStride => Names.Number(Layer.Program.Slots * (Layer.Padded ?? 0));

    private IEnumerable<CellOperand> Computed => Layer.Program.Operands.Where(operand => operand.IsComputed);

    private IEnumerable<PanelPlan> InnerPanels => Layer.Panels.Where(panel => !panel.Operand.IsInput);

    /// <summary>Time steps after which the states start anew, or 0.</summary>
    private int Chunk => ((CellNode)emitter.Node).Chunk;

    /// <summary>True, in the generated code, where the state before time step t is the initial one.</summary>
    private string Starts => Chunk > 0 ? $"t % {Names.Number(Chunk)} == 0" : "t == 0";

    private string GoesOn => Chunk > 0 ? $"t % {Names.Number(Chunk)} != 0" : "t > 0";

    private NodeEmitter Source => graph[emitter.Node.Sources[0]];

    public void Forward()
    {
        code.Line($"SeqSpan slots = {Region(CellRegions.Slots(Layer))};");
        code.Line(PanelCalls.Product(Layer, Layer.Panels[0], Source.Rows, emitter.Count, Source.Stride, "slots"));
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
        code.Line($"SeqSpan gradient = {emitter.Gradient}, slots = {Region(CellRegions.Slots(Layer))};");
        if (Layer.IsRecurrent)
        {
            BackwardThroughTime();
        }
        else
        {
            Kernel(TrainingKernelEmitter.Backward(Layer)[0], emitter.Count);
        }

        PanelPlan x = Layer.Panels[0];
        code.Line($"SeqProduct.AccumulateOuter({Source.Rows}, {emitter.Count}, {Source.Stride}, slots, {PanelCalls.Slots(Layer, x)}, {PanelCalls.Panel("panelGradients", Layer, x)});");
        if (Source.WantsGradient)
        {
            emitter.BeginGradient(code, Source, "below");
            code.Line($"SeqProduct.MultiplyTransposed(slots, {emitter.Count}, {PanelCalls.Slots(Layer, x)}, {PanelCalls.Panel("panels", Layer, x)}, below, {Source.Stride});");
        }
    }

    private void ForwardThroughTime()
    {
        foreach (Kept kept in Layer.Program.States)
        {
            code.Line($"SeqSpan {kept.Name} = {Region(CellRegions.Rows(Layer, kept))}, {kept.Name}Initial = {Region(CellRegions.Initial(Layer, kept))};");
        }

        foreach (CellOperand operand in Computed)
        {
            code.Line($"SeqSpan m{operand.Index} = {Region(CellRegions.Computed(Layer, operand))};");
        }

        code.Open("for (int t = 0; t < time.Steps; t++)");
        code.Line("int first = time.FirstRow(t), count = time.RowCount(t);");
        code.Line($"SeqSpan now = slots.Slice(first * {SlotStride});");
        IReadOnlyList<TrainingKernel> kernels = TrainingKernelEmitter.Forward(Layer);
        Previous(kept => Reads(kernels, kept) || Layer.Program.OperandOf(kept.Previous) is not null);
        foreach (CellStage stage in Layer.Program.Stages)
        {
            foreach (PanelPlan panel in InnerPanels.Where(panel => panel.Operand.Stage == stage.Index))
            {
                string rows = panel.Operand.IsComputed ? $"m{panel.Operand.Index}.Slice(first * {Padded})" : panel.Operand.Name + "Previous";
                code.Line(PanelCalls.Product(Layer, panel, rows, "count", Padded, "now"));
            }

            Kernel(kernels[stage.Index], "count");
        }

        code.Close();
    }

    private void BackwardThroughTime()
    {
        foreach (Kept kept in Layer.Program.States)
        {
            string name = kept.Name;
            code.Line($"SeqSpan {name} = {Region(CellRegions.Rows(Layer, kept))}, {name}Initial = {Region(CellRegions.Initial(Layer, kept))}, {name}Carry = {Region(CellRegions.Carry(Layer, kept))};");
            code.Line($"{name}Carry.Clear();");
        }

        foreach (CellOperand operand in Computed)
        {
            code.Line($"SeqSpan m{operand.Index} = {Region(CellRegions.Computed(Layer, operand))}, dm{operand.Index} = {Region(CellRegions.ComputedGradient(Layer, operand))};");
        }

        code.Open("for (int t = time.Steps - 1; t >= 0; t--)");
        code.Line("int first = time.FirstRow(t), count = time.RowCount(t);");
        code.Line($"SeqSpan now = slots.Slice(first * {SlotStride});");
        IReadOnlyList<TrainingKernel> kernels = TrainingKernelEmitter.Backward(Layer);
        Previous(kept => Reads(kernels, kept));
        foreach (CellStage stage in Layer.Program.Stages.Reverse())
        {
            Kernel(kernels[stage.Index], "count");
            foreach (PanelPlan panel in InnerPanels.Where(panel => panel.Operand.Stage == stage.Index))
            {
                string product = $"SeqProduct.MultiplyTransposed(now, count, {PanelCalls.Slots(Layer, panel)}, {PanelCalls.Panel("panels", Layer, panel)}, ";
                if (panel.Operand.IsComputed)
                {
                    string gradient = $"dm{panel.Operand.Index}";
                    code.Line($"{gradient}.Slice(0, count * {Padded}).Clear();");
                    code.Line($"{product}{gradient}, {Padded});");
                }
                else
                {
                    code.Open($"if ({GoesOn})");
                    code.Line($"{product}{panel.Operand.Name}Carry, {Padded});");
                    code.Close();
                }
            }
        }

        if (Chunk > 0)
        {
            code.Open($"if ({Starts})");
            code.Line("// The time step before belongs to another chunk.");
            foreach (Kept kept in Layer.Program.States)
            {
                code.Line($"{kept.Name}Carry.Clear();");
            }

            code.Close();
        }

        code.Close();
        foreach (PanelPlan panel in InnerPanels)
        {
            string name = panel.Operand.IsComputed ? $"m{panel.Operand.Index}" : panel.Operand.Name;
            string target = $"{PanelCalls.Panel("panelGradients", Layer, panel)}";
            code.Line(panel.Operand.IsComputed
                ? $"SeqProduct.AccumulateOuter({name}, {emitter.Count}, {Padded}, slots, {PanelCalls.Slots(Layer, panel)}, {target});"
                : $"time.AccumulateRecurrent({name}, {name}Initial, {Padded}, slots, {PanelCalls.Slots(Layer, panel)}, {target}{(Chunk > 0 ? $", chunk: {Names.Number(Chunk)}" : "")});");
        }
    }

    /// <summary>The states before time step t, of those that something reads.</summary>
    private void Previous(Func<Kept, bool> isRead)
    {
        foreach (Kept kept in Layer.Program.States.Where(isRead))
        {
            code.Line($"SeqSpan {kept.Name}Previous = {Starts} ? {kept.Name}Initial : {kept.Name}.Slice(time.FirstRow(t - 1) * {Padded});");
        }
    }

    private static bool Reads(IReadOnlyList<TrainingKernel> kernels, Kept kept) =>
        kernels.Any(kernel => kernel.Rows.Any(row => row.Kind == RowKind.Previous && row.Kept == kept));

    /// <summary>The call of a kernel: of all rows of a layer without states, or of the rows of one time step.</summary>
    private void Kernel(TrainingKernel kernel, string count)
    {
        string first = Layer.IsRecurrent ? $"first * {Padded}" : "0";
        IEnumerable<string> rows = kernel.Rows.Select(row => row.Kind switch
        {
            RowKind.Slots => Layer.IsRecurrent ? "ref now[0]" : "ref slots[0]",
            RowKind.Previous => $"ref {row.Kept!.Name}Previous[0]",
            RowKind.Next => Layer.IsRecurrent ? $"ref {row.Kept!.Name}[{first}]" : $"ref {Region(CellRegions.Rows(Layer, row.Kept!))}[0]",
            RowKind.Carry => $"ref {row.Kept!.Name}Carry[0]",
            RowKind.Gradient => $"ref gradient[{first}]",
            RowKind.Computed => $"ref m{row.Operand!.Index}[{first}]",
            _ => $"ref dm{row.Operand!.Index}[0]",
        });
        code.Line($"{kernel.Name}({string.Join(", ", rows)}, {count}{(Layer.IsOpen ? ", outputs" : "")});");
    }

    private static string Region(string name) => $"shard.Region({name})";
}
