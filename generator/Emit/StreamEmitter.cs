using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Plan;

namespace Seq.Embedded.Generator.Emit;

/// <summary>Writes the nested class Stream: state and scratch of one stream, Step, Reset and snapshots; Run is RunEmitter's.</summary>
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
        RunEmitter.Emit(code, plan, outputs);
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
        EmitNotFinite(code, plan);
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

        EmitLayerSteps(code, plan.Layers.Where(layer => !layer.PerSequence), "ref SeqMemory.GetReference(input)");
        code.Line("_now = 1 - _now;");
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

    private static void EmitNotFinite(CodeWriter code, ModelPlan plan) => code.Line($"/// <remarks>{NotFinite(plan)}</remarks>");

    public static string NotFinite(ModelPlan plan) => plan.StateValues > 0
        ? "What NaN or infinity in the input leaves in the state stays there until <see cref=\"Reset\"/> or <see cref=\"RestoreState\"/>: outputs can be NaN up to then."
        : "NaN or infinity in the input spreads to the output of its time step and no further.";

    /// <summary>Writes the calls of layers' steps, and before them the variables that they read.</summary>
    private static void EmitLayerSteps(CodeWriter code, IEnumerable<LayerPlan> layers, string input)
    {
        List<string> calls = [];
        foreach (LayerPlan layer in layers)
        {
            (string call, input) = LayerStep(layer, input);
            calls.Add(call);
        }

        void Local(string declaration, params string[] uses)
        {
            if (calls.Any(call => uses.Any(call.Contains)))
            {
                code.Line(declaration);
            }
        }

        Local("ref float weights = ref _model._weights.Origin;", "ref weights");
        Local("ref float state = ref _state.Origin;", "ref state");
        Local("ref float scratch = ref _scratch.Origin;", "ref scratch");
        Local("int outputs = _model.OutputSize;", ", outputs");
        Local("int now = _now;", "now *", "next *");
        Local("int next = 1 - now;", "next *");
        Local("bool descending = _now != 0;", ", descending");
        calls.ForEach(call => code.Line(call));
    }

    /// <summary>The call of a layer's step, and where its output lies.</summary>
    private static (string Call, string Output) LayerStep(LayerPlan layer, string input)
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

        return ($"{layer.Member}Step({string.Join(", ", arguments)}{(layer.IsOpen ? ", outputs" : "")}{(layer.Alternates ? ", descending" : "")});", output);
    }

    /// <summary>Where a state lies: its first or its second copy.</summary>
    public static string State(LayerPlan layer, int index, string copy) =>
        $"ref SeqUnsafe.Add(ref state, {Copy(layer, layer.StateOffsets[index], copy)})";

    public static string Copy(LayerPlan layer, int offset, string copy) =>
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
        EmitNotFinite(code, plan);
        code.Line("/// <param name=\"output\">Receives the output vector (O).</param>");
        code.Line("/// <exception cref=\"global::System.ArgumentException\">The span has another length.</exception>");
        code.Open("public void Output(SeqSpan output)");
        code.Line($"global::Seq.Embedded.Kernels.Shapes.Check(output.Length, {outputs}, \"output\");");
        List<LayerPlan> above = [.. plan.Layers.Where(layer => layer.PerSequence)];
        if (above.Count > 0)
        {
            LayerPlan top = plan.Layers.Last(layer => layer.IsRecurrent);
            EmitLayerSteps(code, above, State(top, 0, "now"));
        }

        EmitOutput(code, plan, outputs);
        code.Close();
        code.Line();
    }

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
