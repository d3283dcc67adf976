using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Plan;

namespace Seq.Embedded.Generator.Emit;

/// <summary>Writes the nested class Stream: state and scratch of one stream, Step, Run, Reset and snapshots.</summary>
internal static class StreamEmitter
{
    public static void Emit(CodeWriter code, ModelPlan plan)
    {
        string model = plan.Spec.Name;
        string outputs = plan.IsOpen ? "_model.OutputSize" : "OutputSize";
        code.Lines(
            $$"""
            /// <summary>
            /// One stream of inputs with its own state. Steps allocate nothing; one thread at a time may use it.
            /// State: {{string.Join(", ", plan.Layers.Where(layer => layer.IsRecurrent).SelectMany(layer => layer.Program.States.Select(state => $"{state.Name} of {layer.Name}{(layer.Spec.Layers > 1 ? $" layer {Names.Number(layer.StackIndex + 1)}" : "")} ({Names.Units(layer)})")).DefaultIfEmpty("none"))}}.
            /// </summary>
            """);
        code.Open("public sealed class Stream");
        EmitFields(code, plan, model);
        EmitStep(code, plan, outputs);
        EmitRun(code, plan, outputs);
        EmitState(code, plan);
        code.Close();
        code.Line();
    }

    private static void EmitFields(CodeWriter code, ModelPlan plan, string model)
    {
        code.Lines(
            $$"""
            private readonly {{model}} _model;

            // Each state lies here twice: a step reads one copy and writes the other, so that blocks of units do not see each other's results.
            private readonly global::Seq.Embedded.Kernels.AlignedBuffer _state = new({{Names.Number(plan.StateFloats)}});
            private readonly global::Seq.Embedded.Kernels.AlignedBuffer _scratch;

            // Whole-sequence runs: pre-activations, and the rows between layers, of up to {{ModelPlan.ChunkSteps}} time steps.
            private readonly global::Seq.Embedded.Kernels.AlignedBuffer _slots;
            private readonly global::Seq.Embedded.Kernels.AlignedBuffer _rows;
            private int _now;

            """);
        string Widest(int floats, int openSlots) => plan.IsOpen ? $"global::System.Math.Max({Names.Number(floats)}, {Names.Number(openSlots)} * {Names.Padded(plan.Last)})" : Names.Number(floats);
        code.Open($"internal Stream({model} model)");
        code.Line("_model = model;");
        if (plan.IsOpen)
        {
            code.Line("int outputs = model.OutputSize;");
        }

        code.Line($"_scratch = new({Names.Number(plan.StepScratchFloats)}{(plan.IsOpen ? " + " + Names.Padded(plan.Last) : "")});");
        code.Line($"_slots = new({ModelPlan.ChunkSteps} * {Widest(plan.SlotFloats, plan.Last.Program.Slots)});");
        code.Line($"_rows = new({2 * ModelPlan.ChunkSteps} * {Widest(plan.RowFloats, 1)});");
        code.Close();
        code.Line();
    }

    private static void EmitStep(CodeWriter code, ModelPlan plan, string outputs)
    {
        code.Line("/// <summary>Takes one time step. Allocates nothing.</summary>");
        code.Line("/// <param name=\"input\">The input vector x (I).</param>");
        if (!plan.ManyToOne)
        {
            code.Line("/// <param name=\"output\">Receives the output vector (O); may be the same memory as the input.</param>");
        }

        code.Line("/// <exception cref=\"global::System.ArgumentException\">A span has another length.</exception>");
        code.Open($"public void Step(SeqReadOnlySpan input{(plan.ManyToOne ? "" : ", SeqSpan output")})");
        code.Line("global::Seq.Embedded.Kernels.Shapes.Check(input.Length, InputSize, \"input\");");
        if (!plan.ManyToOne)
        {
            code.Line($"global::Seq.Embedded.Kernels.Shapes.Check(output.Length, {outputs}, \"output\");");
        }

        EmitOrigins(code, plan);
        code.Line("int now = _now, next = 1 - now;");
        string input = "ref SeqMemory.GetReference(input)";
        foreach (LayerPlan layer in plan.Layers.Where(layer => !layer.PerSequence))
        {
            input = EmitLayerStep(code, layer, input);
        }

        code.Line("_now = next;");
        if (!plan.ManyToOne)
        {
            EmitOutput(code, plan, outputs);
        }

        code.Close();
        code.Line();
        if (plan.ManyToOne)
        {
            EmitManyToOneOutput(code, plan, outputs);
        }
    }

    private static void EmitOrigins(CodeWriter code, ModelPlan plan)
    {
        code.Line("ref float weights = ref _model._weights.Origin;");
        code.Line("ref float state = ref _state.Origin;");
        code.Line("ref float scratch = ref _scratch.Origin;");
        if (plan.IsOpen)
        {
            code.Line("int outputs = _model.OutputSize;");
        }
    }

    /// <summary>Writes the call of a layer's step and returns where its output lies.</summary>
    private static string EmitLayerStep(CodeWriter code, LayerPlan layer, string input)
    {
        List<string> arguments = ["ref weights", input];
        string output = "";
        int index = 0, scratch = layer.ScratchOffset;
        foreach (Kept kept in layer.Program.Equations.Kept)
        {
            if (kept.IsState)
            {
                arguments.Add(State(layer, index, "now"));
                arguments.Add(State(layer, index, "next"));
                index++;
            }
            else
            {
                arguments.Add(Names.At("scratch", Names.Number(scratch)));
                scratch += layer.Padded ?? 0;
            }

            output = output.Length == 0 ? arguments[arguments.Count - 1] : output;
        }

        if (layer.Program.Stages.Count > 1)
        {
            arguments.Add(Names.At("scratch", Names.Number(scratch)));
            scratch += layer.Program.Slots * layer.Padded!.Value;
            foreach (CellOperand _ in layer.Program.Operands.Where(operand => operand.IsComputed))
            {
                arguments.Add(Names.At("scratch", Names.Number(scratch)));
                scratch += layer.Padded.Value;
            }
        }

        code.Line($"{layer.Member}Step({string.Join(", ", arguments)}{(layer.IsOpen ? ", outputs" : "")});");
        return output;
    }

    /// <summary>Where a state lies: its first or its second copy.</summary>
    private static string State(LayerPlan layer, int index, string copy) =>
        $"ref SeqUnsafe.Add(ref state, {Copy(layer, layer.StateOffsets[index], copy)})";

    private static string Copy(LayerPlan layer, int offset, string copy) =>
        offset == 0 ? $"{copy} * {Names.Padded(layer)}" : $"{Names.Number(offset)} + ({copy} * {Names.Padded(layer)})";

    private static void EmitOutput(CodeWriter code, ModelPlan plan, string outputs)
    {
        LayerPlan last = plan.Last;
        code.Line(last.IsRecurrent
            ? $"_state.Span.Slice({Copy(last, last.StateOffsets[0], "_now")}, {outputs}).CopyTo(output);"
            : $"_scratch.Span.Slice({Names.Number(last.ScratchOffset)}, {outputs}).CopyTo(output);");
        if (plan.Softmax)
        {
            code.Line("global::Seq.Embedded.Kernels.Elementwise.Softmax(output);");
        }
    }

    private static void EmitManyToOneOutput(CodeWriter code, ModelPlan plan, string outputs)
    {
        code.Line("/// <summary>Computes the output of the sequence so far. Allocates nothing; the state stays as it is.</summary>");
        code.Line("/// <param name=\"output\">Receives the output vector (O).</param>");
        code.Line("/// <exception cref=\"global::System.ArgumentException\">The span has another length.</exception>");
        code.Open("public void Output(SeqSpan output)");
        code.Line($"global::Seq.Embedded.Kernels.Shapes.Check(output.Length, {outputs}, \"output\");");
        List<LayerPlan> above = [.. plan.Layers.Where(layer => layer.PerSequence)];
        if (above.Count > 0)
        {
            EmitOrigins(code, plan);
            LayerPlan top = plan.Layers.Last(layer => layer.IsRecurrent);
            string input = State(top, 0, "_now");
            foreach (LayerPlan layer in above)
            {
                input = EmitLayerStep(code, layer, input);
            }
        }

        EmitOutput(code, plan, outputs);
        code.Close();
        code.Line();
    }

    private static void EmitRun(CodeWriter code, ModelPlan plan, string outputs)
    {
        string shape = plan.ManyToOne ? "(O)" : "(T, O)";
        code.Lines(
            $$"""
            /// <summary>
            /// Runs a whole sequence from the stream's state on; the same results, bit for bit, as its steps one by one, in less time.
            /// Call <see cref="Reset"/> first for a sequence of its own. Allocates nothing.
            /// </summary>
            /// <param name="inputs">The input vectors (T, I), T of any length.</param>
            /// <param name="{{(plan.ManyToOne ? "output" : "outputs")}}">Receives the output{{(plan.ManyToOne ? "" : "s")}} {{shape}}; must not overlap the inputs.</param>
            /// <exception cref="global::System.ArgumentException">A span has another length.</exception>
            """);
        code.Open($"public void Run(SeqReadOnlySpan inputs, SeqSpan {(plan.ManyToOne ? "output" : "outputs")})");
        code.Line("int steps = global::Seq.Embedded.Kernels.Shapes.Rows(inputs.Length, InputSize, \"inputs\");");
        code.Line(plan.ManyToOne
            ? $"global::Seq.Embedded.Kernels.Shapes.Check(output.Length, {outputs}, \"output\");"
            : $"global::Seq.Embedded.Kernels.Shapes.Check(outputs.Length, steps, {outputs}, \"outputs\");");
        code.Open($"for (int first = 0; first < steps; first += {ModelPlan.ChunkSteps})");
        code.Line($"int count = global::System.Math.Min({ModelPlan.ChunkSteps}, steps - first);");
        code.Line($"RunChunk(inputs.Slice(first * InputSize, count * InputSize), {(plan.ManyToOne ? "" : $"outputs.Slice(first * {outputs}, count * {outputs}), ")}count);");
        code.Close();
        if (plan.ManyToOne)
        {
            code.Line("Output(output);");
        }

        code.Close();
        code.Line();
        EmitRunChunk(code, plan, outputs);
    }

    private static void EmitRunChunk(CodeWriter code, ModelPlan plan, string outputs)
    {
        code.Line("/// <summary>Layer by layer: the products with x of all time steps as one matrix product, then the rest step by step.</summary>");
        code.Open($"private void RunChunk(SeqReadOnlySpan inputs, {(plan.ManyToOne ? "" : "SeqSpan results, ")}int count)");
        code.Line("SeqReadOnlySpan panels = _model._weights.Span;");
        code.Line("SeqSpan slots = _slots.Span;");
        code.Line("ref float weights = ref _model._weights.Origin;");
        code.Line("ref float state = ref _state.Origin;");
        if (plan.IsOpen)
        {
            code.Line("int outputs = _model.OutputSize;");
        }

        code.Line("SeqSpan rows0 = _rows.Span.Slice(0, _rows.Length / 2), rows1 = _rows.Span.Slice(_rows.Length / 2);");
        string input = "inputs", stride = "InputSize";
        LayerPlan[] layers = [.. plan.Layers.Where(layer => !layer.PerSequence)];
        foreach (LayerPlan layer in layers)
        {
            string destination = $"rows{layer.Index % 2}";
            CellOperand x = layer.Program.Operands[0];
            code.Line();
            code.Line($"// {layer.Name}: {layer.Title}");
            code.Line(Product(layer, layer.Panels[0], input, "count", stride, "slots"));
            if (layer.IsRecurrent)
            {
                EmitRecurrence(code, layer, destination);
            }
            else
            {
                code.Line($"{layer.Member}Forward(ref SeqMemory.GetReference(slots), ref SeqMemory.GetReference({destination}), count{(layer.IsOpen ? ", outputs" : "")});");
            }

            input = destination;
            stride = Names.Padded(layer);
        }

        code.Line("_now = (_now + count) & 1;");
        if (!plan.ManyToOne)
        {
            code.Open("for (int row = 0; row < count; row++)");
            code.Line($"SeqSpan result = results.Slice(row * {outputs}, {outputs});");
            code.Line($"{input}.Slice(row * {stride}, {outputs}).CopyTo(result);");
            if (plan.Softmax)
            {
                code.Line("global::Seq.Embedded.Kernels.Elementwise.Softmax(result);");
            }

            code.Close();
        }

        code.Close();
        code.Line();
    }

    private static void EmitRecurrence(CodeWriter code, LayerPlan layer, string destination)
    {
        string padded = Names.Padded(layer);
        code.Open("for (int row = 0; row < count; row++)");
        code.Line("int now = (_now + row) & 1, next = 1 - now;");
        List<string> arguments = ["ref weights"];
        int index = 0;
        foreach (Kept _ in layer.Program.States)
        {
            arguments.Add(State(layer, index, "now"));
            arguments.Add(State(layer, index, "next"));
            index++;
        }

        arguments.Add($"ref slots[row * {Names.Number(layer.Program.Slots * layer.Padded!.Value)}]");
        int scratch = layer.ScratchOffset + (layer.Program.Slots * layer.Padded.Value);
        foreach (CellOperand _ in layer.Program.Operands.Where(operand => operand.IsComputed))
        {
            arguments.Add($"ref SeqUnsafe.Add(ref _scratch.Origin, {Names.Number(scratch)})");
            scratch += layer.Padded.Value;
        }

        code.Line($"{layer.Member}Recur({string.Join(", ", arguments)});");
        code.Line($"_state.Span.Slice({Copy(layer, layer.StateOffsets[0], "next")}, {padded}).CopyTo({destination}.Slice(row * {padded}, {padded}));");
        code.Close();
    }

    /// <summary>The call that multiplies rows by a panel into slots.</summary>
    public static string Product(LayerPlan layer, PanelPlan panel, string rows, string count, string stride, string slots) =>
        $"SeqProduct.Multiply({rows}, {count}, {stride}, {Slice("panels", layer, panel)}, {Shape(layer, panel)}, {slots}, {Names.Number(layer.Program.Slots)}, {Names.Number(panel.Operand.FirstSlot)}, {Names.Number(panel.Operand.Running)});";

    public static string Slice(string memory, LayerPlan layer, PanelPlan panel)
    {
        long perPadded = (panel.Columns(layer) + 1L) * panel.Operand.Vectors;
        string size = layer.Padded is { } padded ? Names.Number(perPadded * padded) : $"{Names.Number(perPadded)} * {Names.Padded(layer)}";
        return $"{memory}.Slice({Names.Number(panel.Offset)}, {size})";
    }

    /// <summary>units, columns, vectors: arguments of every kernel call.</summary>
    public static string Shape(LayerPlan layer, PanelPlan panel) =>
        $"{Names.Units(layer)}, {Names.Number(panel.Columns(layer))}, {Names.Number(panel.Operand.Vectors)}";

    private static void EmitState(CodeWriter code, ModelPlan plan)
    {
        code.Line("/// <summary>Sets the state to zero: the next step is the first of a new sequence. Allocates nothing.</summary>");
        code.Line("public void Reset() => _state.Span.Clear();");
        code.Line();
        EmitSnapshot(code, plan, "Copies the state into a snapshot. Allocates nothing.", "Save", "SeqSpan",
            (offset, size, at) => $"_state.Span.Slice({offset}, {size}).CopyTo(snapshot.Slice({at}, {size}));");
        EmitSnapshot(code, plan, "Sets the state to that of a snapshot, of this or another stream of the model. Allocates nothing.", "Restore", "SeqReadOnlySpan",
            (offset, size, at) => $"snapshot.Slice({at}, {size}).CopyTo(_state.Span.Slice({offset}, {size}));");
    }

    private static void EmitSnapshot(CodeWriter code, ModelPlan plan, string summary, string verb, string span, Func<string, string, string, string> copy)
    {
        code.Line($"/// <summary>{summary}</summary>");
        code.Line("/// <param name=\"snapshot\">StateSize values, in the order of the layers.</param>");
        code.Line("/// <exception cref=\"global::System.ArgumentException\">The snapshot has another length.</exception>");
        code.Open($"public void {verb}State({span} snapshot)");
        code.Line("global::Seq.Embedded.Kernels.Shapes.Check(snapshot.Length, StateSize, \"snapshot\");");
        int at = 0;
        foreach (LayerPlan layer in plan.Layers)
        {
            foreach (int offset in layer.StateOffsets)
            {
                code.Line(copy(Copy(layer, offset, "_now"), Names.Units(layer), Names.Number(at)));
                at += layer.Units!.Value;
            }
        }

        code.Close();
        code.Line();
    }
}
