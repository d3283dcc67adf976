using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Plan;

namespace Seq.Embedded.Generator.Emit;

/// <summary>Writes the nested class Trainer: forward and backward passes of all layers over the packed rows of a shard.</summary>
internal sealed class TrainerEmitter
{
    private readonly CodeWriter _code;
    private readonly ModelPlan _plan;
    private readonly TrainerRegions _regions;

    private TrainerEmitter(CodeWriter code, ModelPlan plan)
    {
        _code = code;
        _plan = plan;
        _regions = new TrainerRegions(plan);
    }

    public static void Emit(CodeWriter code, ModelPlan plan) => new TrainerEmitter(code, plan).Emit();

    private void Emit()
    {
        string model = _plan.Spec.Name;
        _code.Line("/// <summary>Trains the model: back-propagation through time over mini-batches of sequences of any lengths. Allocates nothing per training step.</summary>");
        _code.Open("public sealed class Trainer : global::Seq.Embedded.Training.SequenceTrainer");
        _code.Line("// Regions of a shard's memory. Rows: one a time step of a sequence; sequences: one each; all units padded to multiples of 16.");
        for (int i = 0; i < _regions.All.Count; i++)
        {
            _code.Line($"private const int {_regions.All[i].Name} = {Names.Number(i)}; // {_regions.All[i].Shape}");
        }

        _code.Line();
        _code.Line("private readonly global::System.Collections.Generic.IReadOnlyDictionary<string, string> _metadata;");
        if (_plan.IsOpen)
        {
            _code.Line("private readonly int _outputs;");
        }

        _code.Line();
        EmitConstructor(model);
        _code.Lines(
            $$"""
            /// <summary>A model with a copy of the weights as they are now.</summary>
            /// <param name="metadata">Texts that the model carries; default: those of the model that the training started from.</param>
            public {{model}} ToModel(global::System.Collections.Generic.IReadOnlyDictionary<string, string>? metadata = null) =>
                new(Copy(Weights), metadata ?? _metadata{{(_plan.IsOpen ? ", _outputs" : "")}});

            /// <summary>The gradient of every weight after Backward, in the form of a model: it can be saved and read by name.</summary>
            public {{model}} GradientsAsModel() =>
                new(Copy(WeightGradients), global::System.Collections.Immutable.ImmutableDictionary<string, string>.Empty{{(_plan.IsOpen ? ", _outputs" : "")}});

            private static global::Seq.Embedded.Kernels.AlignedBuffer Copy(global::Seq.Embedded.Kernels.AlignedBuffer source)
            {
                global::Seq.Embedded.Kernels.AlignedBuffer copy = new(source.Length);
                source.Span.CopyTo(copy.Span);
                return copy;
            }

            """);
        EmitForward();
        EmitBackward();
        _code.Close();
        _code.Line();
    }

    private void EmitConstructor(string model)
    {
        LayerPlan last = _plan.Last;
        bool gatherLast = _plan.ManyToOne && !last.PerSequence;
        string output = gatherLast ? TrainerRegions.Last(last) : TrainerRegions.Rows(last, last.Program.Equations.Output);
        string gradient = gatherLast ? TrainerRegions.LastGradient(last) : TrainerRegions.Gradient(last);
        _code.Line($"internal Trainer({model} model, global::Seq.Embedded.Training.TrainerOptions options)");
        _code.Line($"    : base(options, Layout({(_plan.IsOpen ? "model.OutputSize" : "")}), model._weights.Span)");
        _code.Open();
        _code.Line("_metadata = model.Metadata;");
        if (_plan.IsOpen)
        {
            _code.Line("_outputs = model.OutputSize;");
        }

        _code.Close();
        _code.Line();
        _code.Line($"private static global::Seq.Embedded.Training.TrainerLayout Layout({(_plan.IsOpen ? "int outputs" : "")}) => new(");
        _code.Line($"    InputSize, {(_plan.IsOpen ? "outputs" : "OutputSize")}, OutputStride: {Names.Padded(last)}, OutputRegion: {output}, OutputGradientRegion: {gradient},");
        _code.Line($"    OutputPerSequence: {Bool(_plan.ManyToOne)}, Softmax: {Bool(_plan.Softmax)},");
        _code.Line("    [");
        foreach (Region region in _regions.All)
        {
            _code.Line($"        new({region.PerRow}, {region.PerSequence}), // {region.Name}");
        }

        _code.Line("    ]);");
        _code.Line();
    }

    private void EmitForward()
    {
        _code.Line("/// <inheritdoc/>");
        _code.Open("protected override void Forward(global::Seq.Embedded.Training.TrainerShard shard)");
        EmitLocals(gradients: false);
        foreach (LayerPlan layer in _plan.Layers)
        {
            EmitLayerForward(layer);
        }

        if (_plan.ManyToOne && !_plan.Last.PerSequence)
        {
            LayerPlan last = _plan.Last;
            _code.Line($"shard.GatherLast({Region(TrainerRegions.Rows(last, last.Program.Equations.Output))}, {Names.Padded(last)}, {Region(TrainerRegions.Last(last))});");
        }

        _code.Close();
        _code.Line();
    }

    private void EmitLocals(bool gradients)
    {
        _code.Line("SeqReadOnlySpan panels = Weights.Span;");
        if (gradients)
        {
            _code.Line("SeqSpan panelGradients = shard.Gradients;");
        }

        if (_plan.IsOpen)
        {
            _code.Line("int outputs = _outputs;");
        }
    }

    private void EmitLayerForward(LayerPlan layer)
    {
        LayerPlan? below = Below(layer);
        _code.Line();
        _code.Line($"// {layer.Name}: {layer.Title}");
        _code.Open();
        if (below is not null && layer.PerSequence && !below.PerSequence)
        {
            _code.Line($"shard.GatherLast({InputOf(below)}, {Names.Padded(below)}, {Region(TrainerRegions.Last(below))});");
        }

        (string input, string stride) = Input(layer);
        _code.Line($"SeqSpan slots = {Region(TrainerRegions.Slots(layer))};");
        _code.Line(PanelCalls.Product(layer, layer.Panels[0], input, Count(layer), stride, "slots"));
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
            _code.Open("if (shard.Training)");
            _code.Line($"shard.Dropout({Names.Number(layer.Index)}, {Probability(layer)}, {Bool(layer.PerSequence)}, {Names.Units(layer)}, {Names.Padded(layer)}, "
                + $"{Region(TrainerRegions.Rows(layer, layer.Program.Equations.Output))}, {Region(TrainerRegions.Mask(layer))}, {Region(TrainerRegions.Dropped(layer))});");
            _code.Close();
        }

        _code.Close();
    }

    private void EmitRecurrentForward(LayerPlan layer)
    {
        foreach (Kept kept in layer.Program.States)
        {
            _code.Line($"SeqSpan {kept.Name} = {Region(TrainerRegions.Rows(layer, kept))}, {kept.Name}Initial = {Region(TrainerRegions.Initial(layer, kept))};");
        }

        foreach (CellOperand operand in Computed(layer))
        {
            _code.Line($"SeqSpan m{operand.Index} = {Region(TrainerRegions.Computed(layer, operand))};");
        }

        _code.Open("for (int t = 0; t < shard.Steps; t++)");
        _code.Line("int first = shard.FirstRow(t), count = shard.RowCount(t);");
        _code.Line($"SeqSpan now = slots.Slice(first * {SlotStride(layer)});");
        IReadOnlyList<TrainingKernel> kernels = TrainingKernelEmitter.Forward(layer);
        EmitPrevious(layer, kept => Reads(kernels, kept) || layer.Program.OperandOf(kept.Previous) is not null);
        foreach (CellStage stage in layer.Program.Stages)
        {
            foreach (PanelPlan panel in layer.Panels.Where(panel => !panel.Operand.IsInput && panel.Operand.Stage == stage.Index))
            {
                string rows = panel.Operand.IsComputed ? $"m{panel.Operand.Index}.Slice(first * {Names.Padded(layer)})" : panel.Operand.Name + "Previous";
                _code.Line(PanelCalls.Product(layer, panel, rows, "count", Names.Padded(layer), "now"));
            }

            EmitKernel(layer, kernels[stage.Index], "count");
        }

        _code.Close();
    }

    /// <summary>The states before time step t, of those that something reads.</summary>
    private void EmitPrevious(LayerPlan layer, Func<Kept, bool> isRead)
    {
        foreach (Kept kept in layer.Program.States.Where(isRead))
        {
            _code.Line($"SeqSpan {kept.Name}Previous = t == 0 ? {kept.Name}Initial : {kept.Name}.Slice(shard.FirstRow(t - 1) * {Names.Padded(layer)});");
        }
    }

    private static bool Reads(IReadOnlyList<TrainingKernel> kernels, Kept kept) =>
        kernels.Any(kernel => kernel.Rows.Any(row => row.Kind == RowKind.Previous && row.Kept == kept));

    /// <summary>The call of a kernel: of all rows of a layer without states, or of the rows of one time step.</summary>
    private void EmitKernel(LayerPlan layer, TrainingKernel kernel, string count)
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
        _code.Line($"{kernel.Name}({string.Join(", ", rows)}, {count}{Outputs(layer)});");
    }

    private void EmitBackward()
    {
        _code.Line("/// <inheritdoc/>");
        _code.Open("protected override void Backward(global::Seq.Embedded.Training.TrainerShard shard)");
        EmitLocals(gradients: true);
        if (_plan.ManyToOne && !_plan.Last.PerSequence)
        {
            LayerPlan last = _plan.Last;
            _code.Line($"shard.ScatterLast({Region(TrainerRegions.LastGradient(last))}, {Names.Padded(last)}, {Region(TrainerRegions.Gradient(last))});");
        }

        foreach (LayerPlan layer in _plan.Layers.Reverse())
        {
            EmitLayerBackward(layer);
        }

        _code.Close();
    }

    private void EmitLayerBackward(LayerPlan layer)
    {
        _code.Line();
        _code.Line($"// {layer.Name}: {layer.Title}");
        _code.Open();
        _code.Line($"SeqSpan gradient = {Region(TrainerRegions.Gradient(layer))}, slots = {Region(TrainerRegions.Slots(layer))};");
        if (HasDropout(layer))
        {
            _code.Open("if (shard.Training)");
            _code.Line($"SeqSpan dropped = gradient.Slice(0, {Count(layer)} * {Names.Padded(layer)});");
            _code.Line($"global::System.Numerics.Tensors.TensorPrimitives.Multiply<float>(dropped, {Region(TrainerRegions.Mask(layer))}.Slice(0, dropped.Length), dropped);");
            _code.Close();
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
        _code.Line($"SeqProduct.AccumulateOuter({input}, {Count(layer)}, {stride}, slots, {PanelCalls.Slots(layer, x)}, {PanelCalls.Panel("panelGradients", layer, x)});");
        if (Below(layer) is { } below)
        {
            bool gathered = layer.PerSequence && !below.PerSequence;
            _code.Line($"SeqSpan below = {Region(gathered ? TrainerRegions.LastGradient(below) : TrainerRegions.Gradient(below))};");
            _code.Line($"below.Slice(0, {Count(layer)} * {Names.Padded(below)}).Clear();");
            _code.Line($"SeqProduct.MultiplyTransposed(slots, {Count(layer)}, {PanelCalls.Slots(layer, x)}, {PanelCalls.Panel("panels", layer, x)}, below, {Names.Padded(below)});");
            if (gathered)
            {
                _code.Line($"shard.ScatterLast(below, {Names.Padded(below)}, {Region(TrainerRegions.Gradient(below))});");
            }
        }

        _code.Close();
    }

    private void EmitRecurrentBackward(LayerPlan layer)
    {
        string padded = Names.Padded(layer);
        foreach (Kept kept in layer.Program.States)
        {
            string name = kept.Name;
            _code.Line($"SeqSpan {name} = {Region(TrainerRegions.Rows(layer, kept))}, {name}Initial = {Region(TrainerRegions.Initial(layer, kept))}, {name}Carry = {Region(TrainerRegions.Carry(layer, kept))};");
            _code.Line($"{name}Carry.Clear();");
        }

        foreach (CellOperand operand in Computed(layer))
        {
            _code.Line($"SeqSpan m{operand.Index} = {Region(TrainerRegions.Computed(layer, operand))}, dm{operand.Index} = {Region(TrainerRegions.ComputedGradient(layer, operand))};");
        }

        _code.Open("for (int t = shard.Steps - 1; t >= 0; t--)");
        _code.Line("int first = shard.FirstRow(t), count = shard.RowCount(t);");
        _code.Line($"SeqSpan now = slots.Slice(first * {SlotStride(layer)});");
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
                    _code.Line($"{gradient}.Slice(0, count * {padded}).Clear();");
                    _code.Line($"{product}{gradient}, {padded});");
                }
                else
                {
                    _code.Open("if (t > 0)");
                    _code.Line($"{product}{panel.Operand.Name}Carry, {padded});");
                    _code.Close();
                }
            }
        }

        _code.Close();
        foreach (PanelPlan panel in layer.Panels.Where(panel => !panel.Operand.IsInput))
        {
            string name = panel.Operand.IsComputed ? $"m{panel.Operand.Index}" : panel.Operand.Name;
            string target = $"{PanelCalls.Panel("panelGradients", layer, panel)}";
            _code.Line(panel.Operand.IsComputed
                ? $"SeqProduct.AccumulateOuter({name}, {Count(layer)}, {padded}, slots, {PanelCalls.Slots(layer, panel)}, {target});"
                : $"shard.AccumulateRecurrent({name}, {name}Initial, {padded}, slots, {PanelCalls.Slots(layer, panel)}, {target});");
        }
    }

    private static string SlotStride(LayerPlan layer) => Names.Number(layer.Program.Slots * (layer.Padded ?? 0));

    private static IEnumerable<CellOperand> Computed(LayerPlan layer) => layer.Program.Operands.Where(operand => operand.IsComputed);

    private static string Count(LayerPlan layer) => layer.PerSequence ? "shard.Sequences" : "shard.Rows";

    private static string Outputs(LayerPlan layer) => layer.IsOpen ? ", outputs" : "";

    private static string Region(string name) => $"shard.Region({name})";

    private static string Bool(bool value) => value ? "true" : "false";

    private static string Probability(LayerPlan layer) => ((float)layer.Spec.Dropout).ToString("R", System.Globalization.CultureInfo.InvariantCulture) + "f";

    private LayerPlan? Below(LayerPlan layer) => layer.Index == 0 ? null : _plan.Layers[layer.Index - 1];

    private bool HasDropout(LayerPlan layer) => layer.Spec.Dropout > 0 && layer.Index < _plan.Layers.Count - 1;

    /// <summary>What a layer hands up: its output, with dropout in training.</summary>
    private string InputOf(LayerPlan below)
    {
        string rows = Region(TrainerRegions.Rows(below, below.Program.Equations.Output));
        return HasDropout(below) ? $"(shard.Training ? {Region(TrainerRegions.Dropped(below))} : {rows})" : rows;
    }

    private (string Rows, string Stride) Input(LayerPlan layer)
    {
        if (Below(layer) is not { } below)
        {
            return ("shard.Inputs", "InputSize");
        }

        bool gathered = layer.PerSequence && !below.PerSequence;
        return (gathered ? Region(TrainerRegions.Last(below)) : InputOf(below), Names.Padded(below));
    }
}
