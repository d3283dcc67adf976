using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Plan;

namespace Seq.Embedded.Generator.Emit;

/// <summary>Writes a trainer's forward pass: of each layer the products with x of all rows at once, then time step by time step.</summary>
internal sealed class TrainerForwardEmitter(CodeWriter code, ModelPlan plan) : TrainerPassEmitter(code, plan)
{
    public void Emit()
    {
        Code.Line("/// <inheritdoc/>");
        Code.Open("protected override void Forward(global::Seq.Embedded.Training.TrainerShard shard)");
        EmitLocals(gradients: false);
        foreach (LayerPlan layer in Plan.Layers)
        {
            EmitLayerForward(layer);
        }

        if (Plan.ManyToOne && !Plan.Last.PerSequence)
        {
            LayerPlan last = Plan.Last;
            Code.Line($"shard.GatherLast({Region(TrainerRegions.Rows(last, last.Program.Equations.Output))}, {Names.Padded(last)}, {Region(TrainerRegions.Last(last))});");
        }

        Code.Close();
        Code.Line();
    }

    private void EmitLayerForward(LayerPlan layer)
    {
        LayerPlan? below = Below(layer);
        Code.Line();
        Code.Line($"// {layer.Name}: {layer.Title}");
        Code.Open();
        if (below is not null && layer.PerSequence && !below.PerSequence)
        {
            Code.Line($"shard.GatherLast({InputOf(below)}, {Names.Padded(below)}, {Region(TrainerRegions.Last(below))});");
        }

        (string input, string stride) = Input(layer);
        Code.Line($"SeqSpan slots = {Region(TrainerRegions.Slots(layer))};");
        Code.Line(PanelCalls.Product(layer, layer.Panels[0], input, Count(layer), stride, "slots"));
        if (layer.IsRecurrent)
        {
            EmitRecurrentForward(layer);
        }
        else
        {
            EmitKernel(layer, TrainingKernelEmitter.Forward(layer)[0], Count(layer));
        }

        if (HasDropout(layer))
        {
            Code.Open("if (shard.Training)");
            Code.Line($"shard.Dropout({Names.Number(layer.Index)}, {Probability(layer)}, {Bool(layer.PerSequence)}, {Names.Units(layer)}, {Names.Padded(layer)}, "
                + $"{Region(TrainerRegions.Rows(layer, layer.Program.Equations.Output))}, {Region(TrainerRegions.Mask(layer))}, {Region(TrainerRegions.Dropped(layer))});");
            Code.Close();
        }

        Code.Close();
    }

    private void EmitRecurrentForward(LayerPlan layer)
    {
        foreach (Kept kept in layer.Program.States)
        {
            Code.Line($"SeqSpan {kept.Name} = {Region(TrainerRegions.Rows(layer, kept))}, {kept.Name}Initial = {Region(TrainerRegions.Initial(layer, kept))};");
        }

        foreach (CellOperand operand in Computed(layer))
        {
            Code.Line($"SeqSpan m{operand.Index} = {Region(TrainerRegions.Computed(layer, operand))};");
        }

        Code.Open("for (int t = 0; t < shard.Steps; t++)");
        Code.Line("int first = shard.FirstRow(t), count = shard.RowCount(t);");
        Code.Line($"SeqSpan now = slots.Slice(first * {SlotStride(layer)});");
        IReadOnlyList<TrainingKernel> kernels = TrainingKernelEmitter.Forward(layer);
        EmitPrevious(layer, kept => Reads(kernels, kept) || layer.Program.OperandOf(kept.Previous) is not null);
        foreach (CellStage stage in layer.Program.Stages)
        {
            foreach (PanelPlan panel in layer.Panels.Where(panel => !panel.Operand.IsInput && panel.Operand.Stage == stage.Index))
            {
                string rows = panel.Operand.IsComputed ? $"m{panel.Operand.Index}.Slice(first * {Names.Padded(layer)})" : panel.Operand.Name + "Previous";
                Code.Line(PanelCalls.Product(layer, panel, rows, "count", Names.Padded(layer), "now"));
            }

            EmitKernel(layer, kernels[stage.Index], "count");
        }

        Code.Close();
    }

    private static string Probability(LayerPlan layer) => ((float)layer.Spec.Dropout).ToString("R", System.Globalization.CultureInfo.InvariantCulture) + "f";
}
