using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Plan;

namespace Seq.Embedded.Generator.Emit;

/// <summary>What the two passes of a trainer have in common: where values lie in a shard, and the calls of kernels.</summary>
internal abstract class TrainerPassEmitter(CodeWriter code, ModelPlan plan)
{
    protected CodeWriter Code => code;

    protected ModelPlan Plan => plan;

    protected void EmitLocals(bool gradients)
    {
        // The gradient of the model's input is nobody's: a single layer without states needs no weights to go back.
        if (!gradients || Plan.Layers.Count > 1 || Plan.Last.IsRecurrent)
        {
            Code.Line("SeqReadOnlySpan panels = Weights.Span;");
        }

        if (gradients)
        {
            Code.Line("SeqSpan panelGradients = shard.Gradients;");
        }

        if (Plan.IsOpen)
        {
            Code.Line("int outputs = _outputs;");
        }
    }

    /// <summary>The states before time step t, of those that something reads.</summary>
    protected void EmitPrevious(LayerPlan layer, Func<Kept, bool> isRead)
    {
        foreach (Kept kept in layer.Program.States.Where(isRead))
        {
            Code.Line($"SeqSpan {kept.Name}Previous = t == 0 ? {kept.Name}Initial : {kept.Name}.Slice(shard.FirstRow(t - 1) * {Names.Padded(layer)});");
        }
    }

    protected static bool Reads(IReadOnlyList<TrainingKernel> kernels, Kept kept) =>
        kernels.Any(kernel => kernel.Rows.Any(row => row.Kind == RowKind.Previous && row.Kept == kept));

    /// <summary>The call of a kernel: of all rows of a layer without states, or of the rows of one time step.</summary>
    protected void EmitKernel(LayerPlan layer, TrainingKernel kernel, string count)
    {
        string first = layer.IsRecurrent ? $"first * {Names.Padded(layer)}" : "0";
        IEnumerable<string> rows = kernel.Rows.Select(row => row.Kind switch
        {
            RowKind.Slots => layer.IsRecurrent ? "ref now[0]" : "ref slots[0]",
            RowKind.Previous => $"ref {row.Kept!.Name}Previous[0]",
            RowKind.Next => layer.IsRecurrent ? $"ref {row.Kept!.Name}[{first}]" : $"ref {Region(TrainerRegions.Rows(layer, row.Kept!))}[0]",
            RowKind.Carry => $"ref {row.Kept!.Name}Carry[0]",
            RowKind.Gradient => $"ref gradient[{first}]",
            RowKind.Computed => $"ref m{row.Operand!.Index}[{first}]",
            _ => $"ref dm{row.Operand!.Index}[0]",
        });
        Code.Line($"{kernel.Name}({string.Join(", ", rows)}, {count}{Outputs(layer)});");
    }

    protected static string SlotStride(LayerPlan layer) => Names.Number(layer.Program.Slots * (layer.Padded ?? 0));

    protected static IEnumerable<CellOperand> Computed(LayerPlan layer) => layer.Program.Operands.Where(operand => operand.IsComputed);

    protected static string Count(LayerPlan layer) => layer.PerSequence ? "shard.Sequences" : "shard.Rows";

    protected static string Outputs(LayerPlan layer) => layer.IsOpen ? ", outputs" : "";

    protected static string Region(string name) => $"shard.Region({name})";

    protected static string Bool(bool value) => value ? "true" : "false";

    protected LayerPlan? Below(LayerPlan layer) => layer.Index == 0 ? null : Plan.Layers[layer.Index - 1];

    protected bool HasDropout(LayerPlan layer) => layer.Spec.Dropout > 0 && layer.Index < Plan.Layers.Count - 1;

    /// <summary>What a layer hands up: its output, with dropout in training.</summary>
    protected string InputOf(LayerPlan below)
    {
        string rows = Region(TrainerRegions.Rows(below, below.Program.Equations.Output));
        return HasDropout(below) ? $"(shard.Training ? {Region(TrainerRegions.Dropped(below))} : {rows})" : rows;
    }

    protected (string Rows, string Stride) Input(LayerPlan layer)
    {
        if (Below(layer) is not { } below)
        {
            return ("shard.Inputs", "InputSize");
        }

        bool gathered = layer.PerSequence && !below.PerSequence;
        return (gathered ? Region(TrainerRegions.Last(below)) : InputOf(below), Names.Padded(below));
    }
}
