using System.Text.RegularExpressions;
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
            /// State: {{string.Join(", ", plan.Snapshot.Select(part => $"{part.Name} ({Names.Number(part.Width)})").DefaultIfEmpty("none"))}}.
            /// </summary>
            """);
        code.Open("public sealed class Stream");
        EmitFields(code, graph, model);
        EmitStep(code, graph, outputs);
        RunEmitter.Emit(code, graph, outputs);
        EmitState(code, graph);
        code.Close();
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

            // Whole-sequence runs: pre-activations, and the rows between layers, of up to {{ModelPlan.ChunkSteps}} time steps.
            private readonly global::Seq.Embedded.Kernels.AlignedBuffer _slots;
            private readonly global::Seq.Embedded.Kernels.AlignedBuffer _rows;
            """);
        foreach (Axis axis in plan.Axes)
        {
            code.Line($"private int {Names.Now(axis)};");
        }

        code.Line();
        if (plan.Stride > 1)
        {
            code.Line("// The time step within the stride: at 0 all layers are computed.");
            code.Line("private int _phase;");
            code.Line();
        }

        string[] fields = [.. graph.All.SelectMany(emitter => emitter.StreamFields)];
        if (fields.Length > 0)
        {
            code.Line("// The last inputs of convolutions.");
            code.Lines(string.Join("\n", fields));
            code.Line();
        }

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
        bool isStrided = plan.OutputStride > 1;
        code.Line("/// <summary>Takes one time step. Allocates nothing.</summary>");
        EmitNotFinite(code, plan);
        code.Line("/// <param name=\"input\">The input vector x (I).</param>");
        if (!plan.ManyToOne)
        {
            code.Line($"/// <param name=\"output\">Receives the output vector (O){(isStrided ? " where there is one" : "")}; may be the same memory as the input.</param>");
        }

        if (isStrided)
        {
            code.Line($"/// <returns>True when there is an output: at the first time step of a sequence and at every {Names.Text(plan.OutputStride)}th from there on.</returns>");
        }

        code.Line("/// <exception cref=\"global::System.ArgumentException\">A span has another length.</exception>");
        code.Open($"public {(isStrided ? "bool" : "void")} Step(SeqReadOnlySpan input{(plan.ManyToOne ? "" : ", SeqSpan output")})");
        code.Line("global::Seq.Embedded.Kernels.Shapes.Check(input.Length, InputSize, \"input\");");
        if (!plan.ManyToOne)
        {
            code.Line($"global::Seq.Embedded.Kernels.Shapes.Check(output.Length, {outputs}, \"output\");");
        }

        CodeWriter body = new();
        foreach (Axis axis in plan.Axes)
        {
            EmitAxisStep(body, graph, axis, outputs);
        }

        EmitWithLocals(code, plan, body);
        if (plan.Stride > 1)
        {
            EmitPhase(code, plan);
        }

        code.Close();
        code.Line();
        if (plan.ManyToOne)
        {
            EmitManyToOneOutput(code, graph, outputs);
        }
    }

    /// <summary>What is computed at the steps of an axis of time.</summary>
    private static void EmitAxisStep(CodeWriter code, GraphEmitter graph, Axis axis, string outputs)
    {
        if (axis.Stride > 1)
        {
            code.Line();
            code.Open($"if ({Names.IsStep(axis)})");
        }

        foreach (string call in graph.PerStep.Where(emitter => emitter.Node.WorkAxis == axis).SelectMany(emitter => emitter.Step("next")))
        {
            code.Lines(call);
        }

        code.Line($"{Names.Now(axis)} = 1 - {Names.Now(axis)};");
        if (graph.Output.Node.Axis == axis)
        {
            EmitOutput(code, graph, outputs);
        }

        if (axis.Stride > 1)
        {
            code.Close();
        }
    }

    private static void EmitPhase(CodeWriter code, ModelPlan plan)
    {
        code.Line();
        if (plan.OutputStride > 1)
        {
            code.Line($"bool hasOutput = {Names.IsStep(plan.Output.Axis)};");
        }

        code.Line($"_phase = _phase == {Names.Number(plan.Stride - 1)} ? 0 : _phase + 1;");
        if (plan.OutputStride > 1)
        {
            code.Line("return hasOutput;");
        }
    }

    private static void EmitNotFinite(CodeWriter code, ModelPlan plan) => code.Line($"/// <remarks>{NotFinite(plan)}</remarks>");

    public static string NotFinite(ModelPlan plan) => plan.States.Any()
        ? "What NaN or infinity in the input leaves in the state stays there until <see cref=\"Reset\"/> or <see cref=\"RestoreState\"/>: outputs can be NaN up to then."
        : plan.Reach > 0
            ? $"NaN or infinity in the input spreads to the outputs of its time step and of the {Names.Text(plan.Reach)} behind it, and no further."
            : "NaN or infinity in the input spreads to the output of its time step and no further.";

    /// <summary>Writes the calls of a step, and before them the variables that they read.</summary>
    private static void EmitWithLocals(CodeWriter code, ModelPlan plan, CodeWriter body)
    {
        string calls = body.ToString();
        void Local(string declaration, string use)
        {
            if (Regex.IsMatch(calls, use))
            {
                code.Line(declaration);
            }
        }

        Local("ref float weights = ref _model._weights.Origin;", "ref weights");
        Local("ref float state = ref _state.Origin;", "ref state");
        Local("ref float scratch = ref _scratch.Origin;", "ref scratch");
        Local("int outputs = _model.OutputSize;", ", outputs");
        foreach (Axis axis in plan.Axes)
        {
            string suffix = Names.Suffix(axis);
            Local($"int now{suffix} = {Names.Now(axis)};", $@"\b(now|next){suffix} \*");
            Local($"int next{suffix} = 1 - now{suffix};", $@"\bnext{suffix} \*");
            Local($"bool descending{suffix} = {Names.Now(axis)} != 0;", $@", descending{suffix}\b");
        }

        code.Lines(calls.TrimEnd('\n'));
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
        CodeWriter body = new();
        graph.PerSequence.SelectMany(emitter => emitter.Step("now")).ToList().ForEach(call => body.Line(call));
        EmitWithLocals(code, graph.Plan, body);
        EmitOutput(code, graph, outputs);
        code.Close();
        code.Line();
    }

    private static void EmitState(CodeWriter code, GraphEmitter graph)
    {
        ModelPlan plan = graph.Plan;
        string phase = $"snapshot[{Names.Number(plan.StateValues - 1)}]", stride = Names.Number(plan.Stride);
        EmitReset(code, graph);
        EmitSnapshot(code, graph, "Copies the state into a snapshot. Allocates nothing.", "Save", "SeqSpan", "", $"{phase} = _phase;",
            (state, part) => $"_state.Span.Slice({Names.StateOffset(state, "_now")}, {Names.Number(state.Width)}).CopyTo({part});",
            (emitter, part) => emitter.Save(part));
        EmitSnapshot(code, graph, "Sets the state to that of a snapshot, of this or another stream of the model. Allocates nothing.", "Restore", "SeqReadOnlySpan",
            $", or its last value is no whole number of 0 to {Names.Number(plan.Stride - 1)}", $"_phase = global::Seq.Embedded.Kernels.Strides.Phase({phase}, {stride});",
            (state, part) => $"{part}.CopyTo(_state.Span.Slice({Names.StateOffset(state, "_now")}, {Names.Number(state.Width)}));",
            (emitter, part) => emitter.Restore(part));
    }

    private static void EmitReset(CodeWriter code, GraphEmitter graph)
    {
        StatePlan[] learned = [.. graph.Plan.States.Where(state => state.InitialOffset is not null)];
        string[] others =
        [
            .. learned.Select(state => $"_model._weights.Span.Slice({Names.Number(state.InitialOffset!.Value)}, {Names.Number(state.Padded)}).CopyTo({Names.Settled(state, Names.Number(state.Padded))});"),
            .. graph.All.SelectMany(emitter => emitter.Reset),
            .. graph.Plan.Stride > 1 ? ["_phase = 0;"] : Array.Empty<string>(),
        ];
        string value = learned.Length == 0 ? "zero" : "the one that every sequence begins with, learned or zero";
        code.Line($"/// <summary>Sets the state to {value}: the next step is the first of a new sequence. Allocates nothing.</summary>");
        if (others.Length == 0)
        {
            code.Line("public void Reset() => _state.Span.Clear();");
        }
        else
        {
            code.Open("public void Reset()");
            code.Line("_state.Span.Clear();");
            code.Lines(string.Join("\n", others));
            code.Close();
        }

        code.Line();
    }

    /// <summary>A method that copies the state to or from a snapshot: node by node, its history before its states, and last the time step within the stride.</summary>
    private static void EmitSnapshot(
        CodeWriter code, GraphEmitter graph, string summary, string verb, string span, string phaseError, string phase,
        Func<StatePlan, string, string> copyState, Func<NodeEmitter, string, string> copyHistory)
    {
        bool hasPhase = graph.Plan.Stride > 1;
        code.Line($"/// <summary>{summary}</summary>");
        code.Line($"/// <param name=\"snapshot\">StateSize values, in the order of the layers{(hasPhase ? "; the last one is the time step within the stride" : "")}.</param>");
        code.Line($"/// <exception cref=\"global::System.ArgumentException\">The snapshot has another length{(hasPhase ? phaseError : "")}.</exception>");
        code.Open($"public void {verb}State({span} snapshot)");
        code.Line("global::Seq.Embedded.Kernels.Shapes.Check(snapshot.Length, StateSize, \"snapshot\");");
        if (hasPhase)
        {
            code.Line(phase);
        }

        long at = 0;
        string Part(long width)
        {
            at += width;
            return $"snapshot.Slice({Names.Number(at - width)}, {Names.Number(width)})";
        }

        foreach (NodeEmitter emitter in graph.All)
        {
            if (emitter.Node.History is { } history)
            {
                code.Line(copyHistory(emitter, Part(history.Values)));
            }

            foreach (StatePlan state in emitter.Node.States)
            {
                code.Line(copyState(state, Part(state.Width)));
            }
        }

        code.Close();
        code.Line();
    }
}
