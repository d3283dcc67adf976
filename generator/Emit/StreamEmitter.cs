using Seq.Embedded.Generator.Emit.Nodes;
using Seq.Embedded.Generator.Plan;
using Seq.Embedded.Generator.Plan.Nodes;

namespace Seq.Embedded.Generator.Emit;

/// <summary>Writes the nested class Stream: state and scratch of one stream, Step, Reset and snapshots; Run is RunEmitter's.</summary>
internal static class StreamEmitter
{
    public static void Emit(CodeWriter code, GraphEmitter graph)
    {
        ModelPlan plan = graph.Plan;
        string model = plan.Spec.Name;
        string outputs = plan.IsOpen ? "_model.OutputSize" : "OutputSize";
        code.Lines(
            $$"""
            /// <summary>
            /// One stream of inputs with its own state. Steps allocate nothing; one thread at a time may use it.
            /// State: {{string.Join(", ", plan.States.Select(state => $"{state.Name} ({Names.Number(state.Width)})").DefaultIfEmpty("none"))}}.
            /// </summary>
            """);
        code.Open("public sealed class Stream");
        EmitFields(code, plan, model);
        EmitStep(code, graph, outputs);
        RunEmitter.Emit(code, graph, outputs);
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
        string padded = Names.Padded(plan.Last);
        string slots = plan.IsOpen ? $"global::System.Math.Max({Names.Number(plan.SlotFloats)}, {Names.Number(plan.Last.Program.Slots)} * {padded})" : Names.Number(plan.SlotFloats);
        string rows = plan.RunBuffers.Contains(null) ? $"({Names.Number(plan.RowFloats)} + {padded})" : Names.Number(plan.RowFloats);
        code.Open($"internal Stream({model} model)");
        code.Line("_model = model;");
        if (plan.IsOpen)
        {
            code.Line("int outputs = model.OutputSize;");
        }

        code.Line($"_scratch = new({Names.Number(plan.StepScratchFloats)}{(plan.IsOpen ? " + " + padded : "")});");
        code.Line($"_slots = new({ModelPlan.ChunkSteps} * {slots});");
        code.Line($"_rows = new({ModelPlan.ChunkSteps} * {rows});");
        if (plan.States.Any(state => state.InitialOffset is not null))
        {
            code.Line("Reset();");
        }

        code.Close();
        code.Line();
    }

    private static void EmitStep(CodeWriter code, GraphEmitter graph, string outputs)
    {
        ModelPlan plan = graph.Plan;
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

        EmitCalls(code, [.. graph.PerStep.SelectMany(emitter => emitter.Step("next"))]);
        code.Line("_now = 1 - _now;");
        if (!plan.ManyToOne)
        {
            EmitOutput(code, graph, outputs);
        }

        code.Close();
        code.Line();
        if (plan.ManyToOne)
        {
            EmitManyToOneOutput(code, graph, outputs);
        }
    }

    private static void EmitNotFinite(CodeWriter code, ModelPlan plan) => code.Line($"/// <remarks>{NotFinite(plan)}</remarks>");

    public static string NotFinite(ModelPlan plan) => plan.StateValues > 0
        ? "What NaN or infinity in the input leaves in the state stays there until <see cref=\"Reset\"/> or <see cref=\"RestoreState\"/>: outputs can be NaN up to then."
        : "NaN or infinity in the input spreads to the output of its time step and no further.";

    /// <summary>Writes the calls of a step, and before them the variables that they read.</summary>
    private static void EmitCalls(CodeWriter code, List<string> calls)
    {
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

    private static void EmitOutput(CodeWriter code, GraphEmitter graph, string outputs)
    {
        code.Line($"{graph.Output.SettledRow(outputs)}.CopyTo(output);");
        if (graph.Plan.Softmax)
        {
            code.Line("global::Seq.Embedded.Kernels.Elementwise.Softmax(output);");
        }
    }

    private static void EmitManyToOneOutput(CodeWriter code, GraphEmitter graph, string outputs)
    {
        code.Line("/// <summary>Computes the output of the sequence so far. Allocates nothing; the state stays as it is.</summary>");
        EmitNotFinite(code, graph.Plan);
        code.Line("/// <param name=\"output\">Receives the output vector (O).</param>");
        code.Line("/// <exception cref=\"global::System.ArgumentException\">The span has another length.</exception>");
        code.Open("public void Output(SeqSpan output)");
        code.Line($"global::Seq.Embedded.Kernels.Shapes.Check(output.Length, {outputs}, \"output\");");
        EmitCalls(code, [.. graph.PerSequence.SelectMany(emitter => emitter.Step("now"))]);
        EmitOutput(code, graph, outputs);
        code.Close();
        code.Line();
    }

    private static void EmitState(CodeWriter code, ModelPlan plan)
    {
        EmitReset(code, plan);
        EmitSnapshot(code, plan, "Copies the state into a snapshot. Allocates nothing.", "Save", "SeqSpan",
            (offset, size, at) => $"_state.Span.Slice({offset}, {size}).CopyTo(snapshot.Slice({at}, {size}));");
        EmitSnapshot(code, plan, "Sets the state to that of a snapshot, of this or another stream of the model. Allocates nothing.", "Restore", "SeqReadOnlySpan",
            (offset, size, at) => $"snapshot.Slice({at}, {size}).CopyTo(_state.Span.Slice({offset}, {size}));");
    }

    private static void EmitReset(CodeWriter code, ModelPlan plan)
    {
        List<StatePlan> learned = [.. plan.States.Where(state => state.InitialOffset is not null)];
        if (learned.Count == 0)
        {
            code.Line("/// <summary>Sets the state to zero: the next step is the first of a new sequence. Allocates nothing.</summary>");
            code.Line("public void Reset() => _state.Span.Clear();");
            code.Line();
            return;
        }

        code.Line("/// <summary>Sets the state to the one that every sequence begins with, learned or zero: the next step is the first of a new sequence. Allocates nothing.</summary>");
        code.Open("public void Reset()");
        code.Line("_state.Span.Clear();");
        foreach (StatePlan state in learned)
        {
            code.Line($"_model._weights.Span.Slice({Names.Number(state.InitialOffset!.Value)}, {Names.Number(state.Padded)}).CopyTo({Names.Settled(state, Names.Number(state.Padded))});");
        }

        code.Close();
        code.Line();
    }

    private static void EmitSnapshot(CodeWriter code, ModelPlan plan, string summary, string verb, string span, Func<string, string, string, string> copy)
    {
        code.Line($"/// <summary>{summary}</summary>");
        code.Line("/// <param name=\"snapshot\">StateSize values, in the order of the layers.</param>");
        code.Line("/// <exception cref=\"global::System.ArgumentException\">The snapshot has another length.</exception>");
        code.Open($"public void {verb}State({span} snapshot)");
        code.Line("global::Seq.Embedded.Kernels.Shapes.Check(snapshot.Length, StateSize, \"snapshot\");");
        int at = 0;
        foreach (StatePlan state in plan.States)
        {
            code.Line(copy(Names.StateOffset(state, "_now"), Names.Number(state.Width), Names.Number(at)));
            at += state.Width;
        }

        code.Close();
        code.Line();
    }
}
