using System.Text.RegularExpressions;
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
            /// State: {{string.Join(", ", plan.Snapshot.Select(part => $"{part.Name} ({Names.Number(part.Width)})").DefaultIfEmpty("none"))}}.
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
        StateEmitter.Emit(code, graph);
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
            """);
        EmitBytes(code, plan);
        foreach (Axis axis in plan.Axes)
        {
            code.Line($"private int {Names.Now(axis)};");
        }

        if (plan.HasPhase)
        {
            code.Line();
            code.Line("// The time step within the stride: at 0 all layers are computed.");
            code.Line("private int _phase;");
        }

        string steps = plan.ReadsWholeSequence ? "maxSteps" : Names.Number(plan.RunSteps);
        (string Declaration, string Creation)[] fields = [.. graph.All.SelectMany(emitter => emitter.StreamFields(steps))];
        if (fields.Length > 0)
        {
            code.Line();
            code.Line("// The last inputs of convolutions.");
            code.Lines(string.Join("\n", fields.Select(field => field.Declaration)));
        }

        if (plan.LookAhead > 0)
        {
            code.Line();
            LookAheadEmitter.EmitFields(code, graph);
        }

        code.Line();
        string padded = Names.Padded(plan.Last);
        string slots = plan.IsOpen ? $"global::System.Math.Max({Names.Number(plan.SlotFloats)}, {Names.Number(plan.Last.Program.Slots)} * {padded})" : Names.Number(plan.SlotFloats);
        string rows = plan.RunBuffers.Contains(null) ? $"({Names.Number(plan.RowFloats)} + {padded})" : Names.Number(plan.RowFloats);
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
        foreach ((string _, string creation) in fields)
        {
            code.Line(creation);
        }

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

    /// <summary>Memory that models of 8-bit weights need besides.</summary>
    internal static void EmitBytes(CodeWriter code, ModelPlan plan)
    {
        if (plan.BytesFloats > 0)
        {
            code.Line();
            code.Line("// Rows rounded to 7 bits, of the layer that is at work.");
            code.Line($"private readonly global::Seq.Embedded.Kernels.AlignedBuffer _bytes = new({Names.Number(plan.BytesFloats)});");
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
        bool isStrided = plan.OutputStride > 1;
        code.Line("/// <summary>Takes one time step. Allocates nothing.</summary>");
        EmitNotFinite(code, graph);
        code.Line($"/// {graph.Input.StepText}");
        if (!plan.ManyToOne)
        {
            string where = isStrided ? " where there is one" : "", replaced = graph.Input.CanBeReplaced ? "; may be the same memory as the input" : "";
            code.Line($"/// <param name=\"output\">Receives the output vector (O){where}{replaced}.</param>");
        }

        if (isStrided)
        {
            code.Line($"/// <returns>True when there is an output: at the first time step of a sequence and at every {Numbers.Text(plan.OutputStride)}th from there on.</returns>");
        }

        EmitException(code, graph.Input);
        code.Open($"public {(isStrided ? "bool" : "void")} Step({graph.Input.StepParameter}{(plan.ManyToOne ? "" : ", SeqSpan output")})");
        code.Line(graph.Input.StepCheck);
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
        if (plan.HasPhase)
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
    /// <summary>What is computed at the steps of an axis of time.</summary>
    private static void EmitAxisStep(CodeWriter code, GraphEmitter graph, Axis axis, string outputs)
    {
        ModelPlan plan = graph.Plan;
        if (axis.Stride > 1)
        {
            code.Line();
            code.Open($"if ({Names.IsStep(axis)})");
        }

        foreach (string call in graph.PerStep.Where(emitter => emitter.Node.WorkAxis == axis).SelectMany(emitter => emitter.Step("next")))
        {
            code.Lines(call);
        }

        bool isOutput = graph.Output.Node.Axis == axis;
        if (isOutput)
        {
            code.Line($"SeqLanes.Copy({graph.Output.StepRow("next")}, ref SeqMemory.GetReference(output), {outputs});");
        }

        code.Line($"{Names.Now(axis)} = 1 - {Names.Now(axis)};");
        if (isOutput && plan.Softmax)
        {
            EmitSoftmax(code, "output");
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

    private static string NotFinite(ModelPlan plan) => plan.ReadsWholeSequence
        ? "NaN or infinity in the inputs can make every output of the sequence NaN; the next run starts anew."
        : plan.States.Any()
        ? "What NaN or infinity in the input leaves in the state stays there until <see cref=\"Reset\"/> or <see cref=\"RestoreState\"/>: outputs can be NaN up to then."
        : plan.Reach > 0
            ? $"NaN or infinity in the input spreads to the outputs of its time step and of the {Numbers.Text(plan.Reach)} behind it, and no further."
            : "NaN or infinity in the input spreads to the output of its time step and no further.";

    /// <summary>Writes the calls of a step, and before them the variables that they read.</summary>
    internal static void EmitWithLocals(CodeWriter code, ModelPlan plan, CodeWriter body)
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
        Local("ref float bytes = ref _bytes.Origin;", "ref bytes");
        Local("int outputs = _model.OutputSize;", ", outputs");
        foreach (Axis axis in plan.Axes)
        {
            string suffix = Names.Suffix(axis);
            Local($"int now{suffix} = {Names.Now(axis)};", $@"\b(now|next){suffix} \*");
            Local($"int next{suffix} = 1 - now{suffix};", $@"\bnext{suffix} \*");
            Local($"bool descending{suffix} = {Names.Now(axis)} != 0;", $@", descending{suffix}\b");
        }

        if (calls.Length > 0)
        {
            code.Lines(calls.TrimEnd('\n'));
        }
    }

    internal static void EmitOutput(CodeWriter code, GraphEmitter graph, string outputs, string output = "output")
    {
        code.Line($"{graph.Output.SettledRow(outputs)}.CopyTo({output});");
        if (graph.Plan.Softmax)
        {
            EmitSoftmax(code, output);
        }
    }

    private static void EmitSoftmax(CodeWriter code, string output) => code.Line($"global::Seq.Embedded.Kernels.Elementwise.Softmax({output});");

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
        CodeWriter body = new();
        foreach (string call in graph.PerSequence.SelectMany(emitter => emitter.Step("now")))
        {
            body.Line(call);
        }

        EmitWithLocals(code, graph.Plan, body);
        EmitOutput(code, graph, outputs);
    }
}
