using Seq.Embedded.Generator.Emit.Nodes;
using Seq.Embedded.Generator.Plan;
using Seq.Embedded.Generator.Plan.Nodes;

namespace Seq.Embedded.Generator.Emit;

/// <summary>
/// Writes the nested class Stream: state and scratch of one stream, Step, Reset and snapshots; Run is RunEmitter's, and Step of models that look ahead LookAheadEmitter's.
/// </summary>
internal static class StreamEmitter
{
    public static void Emit(CodeWriter code, GraphEmitter graph)
    {
        ModelPlan plan = graph.Plan;
        if (plan.HasDecoder)
        {
            DecoderStreamEmitter.Emit(code, graph);
            return;
        }

        string model = plan.Spec.Name;
        string outputs = plan.IsOpen ? "_model.OutputSize" : "OutputSize";
        code.Lines(
            $$"""
            /// <summary>
            /// {{Summary(plan)}}
            /// State: {{string.Join(", ", plan.States.Select(state => $"{state.Name} ({Names.Number(state.Width)})").DefaultIfEmpty("none"))}}.
            /// </summary>
            """);
        code.Open("public sealed class Stream" + (plan.IsSequenceDecoder ? SequenceDecoder : ""));
        EmitFields(code, graph, model);
        if (plan.LookAhead > 0)
        {
            LookAheadEmitter.Emit(code, graph, outputs);
        }
        else if (!plan.ReadsWholeSequence)
        {
            EmitStep(code, graph, outputs);
        }

        RunEmitter.Emit(code, graph, outputs);
        EmitState(code, plan);
        if (plan.IsSequenceDecoder)
        {
            EmitSizes(code);
        }

        code.Close();
        code.Line();
    }

    /// <summary>What the searches of the library ask a decoder for.</summary>
    internal const string SequenceDecoder = " : global::Seq.Embedded.Decoding.ISequenceDecoder";

    internal static void EmitSizes(CodeWriter code)
    {
        code.Line("int global::Seq.Embedded.Decoding.ISequenceDecoder.VocabularySize => OutputSize;");
        code.Line();
        code.Line("int global::Seq.Embedded.Decoding.ISequenceDecoder.StateSize => StateSize;");
        code.Line();
    }

    private static void EmitFields(CodeWriter code, GraphEmitter graph, string model)
    {
        ModelPlan plan = graph.Plan;
        code.Lines(
            $$"""
            private readonly {{model}} _model;

            // Each state lies here twice: a step reads one copy and writes the other, so that blocks of units do not see each other's results.
            private readonly global::Seq.Embedded.Kernels.AlignedBuffer _state = new({{Names.Number(plan.StateFloats)}});
            private readonly global::Seq.Embedded.Kernels.AlignedBuffer _scratch;

            // Whole-sequence runs: pre-activations, and the rows between layers, of up to {{(plan.ReadsWholeSequence ? "MaxSteps" : Names.Number(plan.RunSteps))}} time steps.
            private readonly global::Seq.Embedded.Kernels.AlignedBuffer _slots;
            private readonly global::Seq.Embedded.Kernels.AlignedBuffer _rows;
            private int _now;
            """);
        if (plan.LookAhead > 0)
        {
            code.Line();
            LookAheadEmitter.EmitFields(code, graph);
        }

        code.Line();
        string padded = Names.Padded(plan.Last);
        string slots = plan.IsOpen ? $"global::System.Math.Max({Names.Number(plan.SlotFloats)}, {Names.Number(plan.Last.Program.Slots)} * {padded})" : Names.Number(plan.SlotFloats);
        string rows = plan.RunBuffers.Contains(null) ? $"({Names.Number(plan.RowFloats)} + {padded})" : Names.Number(plan.RowFloats);
        string steps = plan.ReadsWholeSequence ? "maxSteps" : Names.Number(plan.RunSteps);
        code.Open($"internal Stream({model} model{(plan.ReadsWholeSequence ? ", int maxSteps" : "")})");
        if (plan.ReadsWholeSequence)
        {
            code.Line("global::System.ArgumentOutOfRangeException.ThrowIfLessThan(maxSteps, 1);");
            code.Line($"global::System.ArgumentOutOfRangeException.ThrowIfGreaterThan(maxSteps, {Names.Number(plan.MostSteps)});");
            code.Line("MaxSteps = maxSteps;");
        }

        code.Line("_model = model;");
        if (plan.IsOpen)
        {
            code.Line("int outputs = model.OutputSize;");
        }

        code.Line($"_scratch = new({Names.Number(plan.StepScratchFloats)}{(plan.IsOpen ? " + " + padded : "")});");
        code.Line($"_slots = new({steps} * {slots});");
        code.Line($"_rows = new({steps} * {rows});");
        if (!plan.ReadsWholeSequence && plan.States.Any(state => state.InitialOffset is not null))
        {
            code.Line("Reset();");
        }

        code.Close();
        code.Line();
        if (plan.ReadsWholeSequence)
        {
            code.Line("/// <summary>The most time steps of a sequence.</summary>");
            code.Line("public int MaxSteps { get; }");
            code.Line();
        }
    }

    private static string Summary(ModelPlan plan) => plan switch
    {
        { LookAhead: > 0 } => "One stream of inputs with its own state; the outputs of a chunk of LookAhead time steps come together. Nothing allocates; one thread at a time may use it.",
        { ReadsWholeSequence: true } => "Memory for runs over whole sequences: there is no Step, as a reverse direction begins with the last time step. Runs allocate nothing; one thread at a time may use it.",
        _ => "One stream of inputs with its own state. Steps allocate nothing; one thread at a time may use it.",
    };

    private static void EmitStep(CodeWriter code, GraphEmitter graph, string outputs)
    {
        ModelPlan plan = graph.Plan;
        code.Line("/// <summary>Takes one time step. Allocates nothing.</summary>");
        EmitNotFinite(code, graph);
        code.Line($"/// {graph.Input.StepText}");
        if (!plan.ManyToOne)
        {
            code.Line($"/// <param name=\"output\">Receives the output vector (O){(graph.Input.CanBeReplaced ? "; may be the same memory as the input" : "")}.</param>");
        }

        EmitException(code, graph.Input);
        code.Open($"public void Step({graph.Input.StepParameter}{(plan.ManyToOne ? "" : ", SeqSpan output")})");
        code.Line(graph.Input.StepCheck);
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

    public static void EmitNotFinite(CodeWriter code, GraphEmitter graph)
    {
        if (graph.Input.CanBeNaN)
        {
            code.Line($"/// <remarks>{NotFinite(graph.Plan)}</remarks>");
        }
    }

    /// <summary>What the inputs of a step or a run may do wrong.</summary>
    public static void EmitException(CodeWriter code, InputEmitter input)
    {
        code.Line("/// <exception cref=\"global::System.ArgumentException\">A span has another length.</exception>");
        if (input.Exception.Length > 0)
        {
            code.Line($"/// {input.Exception}");
        }
    }

    private static string NotFinite(ModelPlan plan) => plan.ReadsWholeSequence
        ? "NaN or infinity in the inputs can make every output of the sequence NaN; the next run starts anew."
        : plan.StateValues > 0
        ? "What NaN or infinity in the input leaves in the state stays there until <see cref=\"Reset\"/> or <see cref=\"RestoreState\"/>: outputs can be NaN up to then."
        : "NaN or infinity in the input spreads to the output of its time step and no further.";

    /// <summary>Writes the calls of a step, and before them the variables that they read.</summary>
    internal static void EmitCalls(CodeWriter code, List<string> calls)
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

    internal static void EmitOutput(CodeWriter code, GraphEmitter graph, string outputs, string output = "output")
    {
        code.Line($"{graph.Output.SettledRow(outputs)}.CopyTo({output});");
        if (graph.Plan.Softmax)
        {
            code.Line($"global::Seq.Embedded.Kernels.Elementwise.Softmax({output});");
        }
    }

    private static void EmitManyToOneOutput(CodeWriter code, GraphEmitter graph, string outputs)
    {
        code.Line("/// <summary>Computes the output of the sequence so far. Allocates nothing; the state stays as it is.</summary>");
        EmitNotFinite(code, graph);
        code.Line("/// <param name=\"output\">Receives the output vector (O).</param>");
        code.Line("/// <exception cref=\"global::System.ArgumentException\">The span has another length.</exception>");
        code.Open("public void Output(SeqSpan output)");
        code.Line($"global::Seq.Embedded.Kernels.Shapes.Check(output.Length, {outputs}, \"output\");");
        EmitOutputOfSequence(code, graph, outputs);
        code.Close();
        code.Line();
    }

    /// <summary>What a many-to-one model computes once a sequence, from the state.</summary>
    public static void EmitOutputOfSequence(CodeWriter code, GraphEmitter graph, string outputs)
    {
        EmitCalls(code, [.. graph.PerSequence.SelectMany(emitter => emitter.Step("now"))]);
        EmitOutput(code, graph, outputs);
    }

    private static void EmitState(CodeWriter code, ModelPlan plan)
    {
        EmitReset(code, plan);
        EmitSnapshots(code, plan);
    }

    internal static void EmitSnapshots(CodeWriter code, ModelPlan plan)
    {
        EmitSaveState(code, plan);
        EmitRestoreState(code, plan);
    }

    private static void EmitReset(CodeWriter code, ModelPlan plan)
    {
        List<StatePlan> learned = [.. plan.States.Where(state => state.InitialOffset is not null)];
        bool waits = plan.LookAhead > 0;
        string access = plan.ReadsWholeSequence ? "private" : "public";
        if (!plan.ReadsWholeSequence)
        {
            string state = learned.Count > 0 ? "the one that every sequence begins with, learned or zero" : "zero";
            code.Line($"/// <summary>Sets the state to {state}{(waits ? ", and drops the time steps that wait for their chunk" : "")}: the next step is the first of a new sequence. Allocates nothing.</summary>");
        }

        if (learned.Count == 0 && !waits)
        {
            code.Line($"{access} void Reset() => _state.Span.Clear();");
            code.Line();
            return;
        }

        code.Open($"{access} void Reset()");
        code.Line("_state.Span.Clear();");
        learned.ForEach(state => code.Line(Initial(state)));
        if (waits)
        {
            code.Line("_waiting = 0;");
        }

        code.Close();
        code.Line();
    }

    /// <summary>Sets a state to the one that a sequence begins with.</summary>
    public static string Initial(StatePlan state)
    {
        string size = Names.Number(state.Padded), settled = Names.Settled(state, size);
        return state.InitialOffset is { } offset ? $"_model._weights.Span.Slice({Names.Number(offset)}, {size}).CopyTo({settled});" : $"{settled}.Clear();";
    }

    private static void EmitSaveState(CodeWriter code, ModelPlan plan)
    {
        code.Line(plan.RunsOnly
            ? "/// <summary>Copies the state after the last run into a snapshot: of a reverse direction the state after the first time step. Allocates nothing.</summary>"
            : "/// <summary>Copies the state into a snapshot. Allocates nothing.</summary>");
        EmitSnapshotDocumentation(code, "snapshot");
        if (plan.LookAhead > 0)
        {
            code.Line("/// <exception cref=\"global::System.InvalidOperationException\">Time steps wait for their chunk, and a snapshot holds no inputs; call <see cref=\"Flush\"/> first.</exception>");
        }

        code.Open("public void SaveState(SeqSpan snapshot)");
        code.Line("global::Seq.Embedded.Kernels.Shapes.Check(snapshot.Length, StateSize, \"snapshot\");");
        if (plan.LookAhead > 0)
        {
            LookAheadEmitter.EmitNoneWaits(code);
        }

        EmitCopies(code, plan, (offset, size, at) => $"_state.Span.Slice({offset}, {size}).CopyTo(snapshot.Slice({at}, {size}));");
        code.Close();
        code.Line();
    }

    private static void EmitRestoreState(CodeWriter code, ModelPlan plan)
    {
        string snapshot = plan.RunsOnly ? "initialState" : "snapshot";
        if (!plan.RunsOnly)
        {
            string drops = plan.LookAhead > 0 ? ", and drops the time steps that wait for their chunk" : "";
            code.Line($"/// <summary>Sets the state to that of a snapshot, of this or another stream of the model{drops}. Allocates nothing.</summary>");
            EmitSnapshotDocumentation(code, snapshot);
        }

        code.Open($"{(plan.RunsOnly ? "private" : "public")} void RestoreState(SeqReadOnlySpan {snapshot})");
        code.Line($"global::Seq.Embedded.Kernels.Shapes.Check({snapshot}.Length, StateSize, \"{snapshot}\");");
        EmitCopies(code, plan, (offset, size, at) => $"{snapshot}.Slice({at}, {size}).CopyTo(_state.Span.Slice({offset}, {size}));");
        if (plan.LookAhead > 0)
        {
            code.Line("_waiting = 0;");
        }

        code.Close();
        code.Line();
    }

    private static void EmitSnapshotDocumentation(CodeWriter code, string snapshot)
    {
        code.Line($"/// <param name=\"{snapshot}\">StateSize values, in the order of the layers.</param>");
        code.Line($"/// <exception cref=\"global::System.ArgumentException\">The {snapshot} has another length.</exception>");
    }

    private static void EmitCopies(CodeWriter code, ModelPlan plan, Func<string, string, string, string> copy)
    {
        int at = 0;
        foreach (StatePlan state in plan.States)
        {
            code.Line(copy(Names.StateOffset(state, "_now"), Names.Number(state.Width), Names.Number(at)));
            at += state.Width;
        }
    }
}
