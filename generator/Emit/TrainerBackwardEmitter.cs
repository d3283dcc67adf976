using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Plan;

namespace Seq.Embedded.Generator.Emit;

/// <summary>Writes a trainer's backward pass: the layers from the top, each time step after the next one, then the gradients of the panels.</summary>
internal sealed class TrainerBackwardEmitter(CodeWriter code, ModelPlan plan) : TrainerPassEmitter(code, plan)
{
    public void Emit()
    {
        Code.Line("/// <inheritdoc/>");
        Code.Open("protected override void Backward(global::Seq.Embedded.Training.TrainerShard shard)");
        EmitLocals(gradients: true);
        if (Plan.ManyToOne && !Plan.Last.PerSequence)
        {
            LayerPlan last = Plan.Last;
            Code.Line($"shard.ScatterLast({Region(TrainerRegions.LastGradient(last))}, {Names.Padded(last)}, {Region(TrainerRegions.Gradient(last))});");
        }

        foreach (LayerPlan layer in Plan.Layers.Reverse())
        {
            EmitLayerBackward(layer);
        }

        Code.Close();
    }

    private void EmitLayerBackward(LayerPlan layer)
    {
        Code.Line();
        Code.Line($"// {layer.Name}: {layer.Title}");
        Code.Open();
        Code.Line($"SeqSpan gradient = {Region(TrainerRegions.Gradient(layer))}, slots = {Region(TrainerRegions.Slots(layer))};");
        if (HasDropout(layer))
        {
            Code.Open("if (shard.Training)");
            Code.Line($"SeqSpan dropped = gradient.Slice(0, {Count(layer)} * {Names.Padded(layer)});");
            Code.Line($"global::System.Numerics.Tensors.TensorPrimitives.Multiply<float>(dropped, {Region(TrainerRegions.Mask(layer))}.Slice(0, dropped.Length), dropped);");
            Code.Close();
        }

        if (layer.IsRecurrent)
        {
            EmitRecurrentBackward(layer);
        }
        else
        {
            EmitKernel(layer, TrainingKernelEmitter.Backward(layer)[0], Count(layer));
        }

        (string input, string stride) = Input(layer);
        PanelPlan x = layer.Panels[0];
        Code.Line($"SeqProduct.AccumulateOuter({input}, {Count(layer)}, {stride}, slots, {PanelCalls.Slots(layer, x)}, {PanelCalls.Panel("panelGradients", layer, x)});");
        if (Below(layer) is { } below)
        {
            bool gathered = layer.PerSequence && !below.PerSequence;
            Code.Line($"SeqSpan below = {Region(gathered ? TrainerRegions.LastGradient(below) : TrainerRegions.Gradient(below))};");
            Code.Line($"below.Slice(0, {Count(layer)} * {Names.Padded(below)}).Clear();");
            Code.Line($"SeqProduct.MultiplyTransposed(slots, {Count(layer)}, {PanelCalls.Slots(layer, x)}, {PanelCalls.Panel("panels", layer, x)}, below, {Names.Padded(below)});");
            if (gathered)
            {
                Code.Line($"shard.ScatterLast(below, {Names.Padded(below)}, {Region(TrainerRegions.Gradient(below))});");
            }
        }

        Code.Close();
    }

    private void EmitRecurrentBackward(LayerPlan layer)
    {
        string padded = Names.Padded(layer);
        foreach (Kept kept in layer.Program.States)
        {
            string name = kept.Name;
            Code.Line($"SeqSpan {name} = {Region(TrainerRegions.Rows(layer, kept))}, {name}Initial = {Region(TrainerRegions.Initial(layer, kept))}, {name}Carry = {Region(TrainerRegions.Carry(layer, kept))};");
            Code.Line($"{name}Carry.Clear();");
        }

        foreach (CellOperand operand in Computed(layer))
        {
            Code.Line($"SeqSpan m{operand.Index} = {Region(TrainerRegions.Computed(layer, operand))}, dm{operand.Index} = {Region(TrainerRegions.ComputedGradient(layer, operand))};");
        }

        Code.Open("for (int t = shard.Steps - 1; t >= 0; t--)");
        Code.Line("int first = shard.FirstRow(t), count = shard.RowCount(t);");
        Code.Line($"SeqSpan now = slots.Slice(first * {SlotStride(layer)});");
        IReadOnlyList<TrainingKernel> kernels = TrainingKernelEmitter.Backward(layer);
        EmitPrevious(layer, kept => Reads(kernels, kept));
        foreach (CellStage stage in layer.Program.Stages.Reverse())
        {
            EmitKernel(layer, kernels[stage.Index], "count");
            foreach (PanelPlan panel in layer.Panels.Where(panel => !panel.Operand.IsInput && panel.Operand.Stage == stage.Index))
            {
                string product = $"SeqProduct.MultiplyTransposed(now, count, {PanelCalls.Slots(layer, panel)}, {PanelCalls.Panel("panels", layer, panel)}, ";
                if (panel.Operand.IsComputed)
                {
                    string gradient = $"dm{panel.Operand.Index}";
                    Code.Line($"{gradient}.Slice(0, count * {padded}).Clear();");
                    Code.Line($"{product}{gradient}, {padded});");
                }
                else
                {
                    Code.Open("if (t > 0)");
                    Code.Line($"{product}{panel.Operand.Name}Carry, {padded});");
                    Code.Close();
                }
            }
        }

        Code.Close();
        foreach (PanelPlan panel in layer.Panels.Where(panel => !panel.Operand.IsInput))
        {
            string name = panel.Operand.IsComputed ? $"m{panel.Operand.Index}" : panel.Operand.Name;
            string target = $"{PanelCalls.Panel("panelGradients", layer, panel)}";
            Code.Line(panel.Operand.IsComputed
                ? $"SeqProduct.AccumulateOuter({name}, {Count(layer)}, {padded}, slots, {PanelCalls.Slots(layer, panel)}, {target});"
                : $"shard.AccumulateRecurrent({name}, {name}Initial, {padded}, slots, {PanelCalls.Slots(layer, panel)}, {target});");
        }
    }
}
