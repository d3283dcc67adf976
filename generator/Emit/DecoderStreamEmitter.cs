using Seq.Embedded.Generator.Emit.Nodes;
using Seq.Embedded.Generator.Plan;
using Seq.Embedded.Generator.Plan.Nodes;

namespace Seq.Embedded.Generator.Emit;

/// <summary>Writes the nested class Stream of an encoder-decoder model: Encode takes a source, Step a token of the target.</summary>
internal static class DecoderStreamEmitter
{
    public static void Emit(CodeWriter code, GraphEmitter graph)
    {
        ModelPlan plan = graph.Plan;
        code.Lines(
            $$"""
            /// <summary>
            /// One source after the other, each with the steps of its decoder. Encoding and steps allocate nothing; one thread at a time may use it.
            /// State of the decoder: {{string.Join(", ", plan.States.Select(state => $"{state.Name} ({Names.Number(state.Width)})"))}}.
            /// </summary>
            """);
        code.Open($"public sealed class Stream{StreamEmitter.SequenceDecoder}");
        EmitFields(code, plan);
        EmitEncode(code, graph);
        RunEmitter.EmitRunChunk(code, graph, "");
        EmitReset(code, graph);
        EmitStep(code, graph);
        StateEmitter.EmitSnapshots(code, graph);
        StreamEmitter.EmitSizes(code);
        code.Close();
        code.Line();
    }

    private static void EmitFields(CodeWriter code, ModelPlan plan)
    {
        bool attends = plan.MemoryFloats > 0;
        code.Lines(
            $$"""
            private readonly {{plan.Spec.Name}} _model;

            // Each state lies here twice: a step reads one copy and writes the other, so that blocks of units do not see each other's results.
            private readonly global::Seq.Embedded.Kernels.AlignedBuffer _state = new({{Names.Number(plan.StateFloats)}});
            private readonly global::Seq.Embedded.Kernels.AlignedBuffer _scratch = new({{Names.Number(plan.StepScratchFloats)}});

            // Encoding: pre-activations, and the rows between layers, of up to {{(plan.ReadsWholeSequence ? "MaxSourceSteps" : Names.Number(plan.RunSteps))}} time steps.
            private readonly global::Seq.Embedded.Kernels.AlignedBuffer _slots;
            private readonly global::Seq.Embedded.Kernels.AlignedBuffer _rows;
            """);
        StreamEmitter.EmitBytes(code, plan);
        if (attends)
        {
            code.Lines(
                """

                // What the decoder attends to, and the weights of the time steps of the source at one step.
                private readonly global::Seq.Embedded.Kernels.AlignedBuffer _memory;
                private readonly global::Seq.Embedded.Kernels.AlignedBuffer _attention;
                """);
        }

        code.Lines(
            $$"""
            {{string.Join("\n", plan.Axes.Select(axis => $"private int {Names.Now(axis)};"))}}
            private int _sourceSteps;

            internal Stream({{plan.Spec.Name}} model, int maxSourceSteps)
            {
                global::System.ArgumentOutOfRangeException.ThrowIfLessThan(maxSourceSteps, 1);
                global::System.ArgumentOutOfRangeException.ThrowIfGreaterThan(maxSourceSteps, {{Names.Number(plan.MostSourceSteps)}});
                _model = model;
                MaxSourceSteps = maxSourceSteps;
                _slots = new({{(plan.ReadsWholeSequence ? "maxSourceSteps" : Names.Number(plan.RunSteps))}} * {{Names.Number(plan.SlotFloats)}});
                _rows = new({{(plan.ReadsWholeSequence ? "maxSourceSteps" : Names.Number(plan.RunSteps))}} * {{Names.Number(plan.RowFloats)}});
            """);
        if (attends)
        {
            code.Line($"    _memory = new(maxSourceSteps * {Names.Number(plan.MemoryFloats)});");
            code.Line("    _attention = new(maxSourceSteps);");
        }

        code.Lines(
            """
            }

            /// <summary>The most time steps of a source.</summary>
            public int MaxSourceSteps { get; }

            """);
    }

    private static void EmitEncode(CodeWriter code, GraphEmitter graph)
    {
        ModelPlan plan = graph.Plan;
        InputEmitter input = graph.Input;
        code.Line("/// <summary>Takes a source: the steps that follow decode it. Allocates nothing.</summary>");
        code.Line($"/// {input.RunText.Replace("T of any length", plan.IsOneToMany ? "T = 1" : "T from 1 to MaxSourceSteps").Replace("\"inputs\"", "\"source\"")}");
        StreamEmitter.EmitException(code, input);
        code.Open($"public void Encode({input.RunType} source)");
        code.Lines(input.RunCheck.Replace("inputs", "source"));
        code.Open("if (steps < 1 || steps > MaxSourceSteps)");
        code.Line("throw new global::System.ArgumentException($\"The source has {steps} time steps; allowed: 1 to {MaxSourceSteps}.\", \"source\");");
        code.Close();
        code.Line();
        code.Line("_state.Span.Clear();");
        foreach (StatePlan state in plan.Nodes.Where(node => !node.Axis.IsTarget).SelectMany(node => node.States).Where(state => state.InitialOffset is not null))
        {
            code.Line(StateEmitter.Initial(state));
        }

        code.Line("_sourceSteps = 0;");
        if (plan.ReadsWholeSequence)
        {
            code.Line("RunChunk(source, steps);");
            code.Line("_sourceSteps = steps;");
        }
        else
        {
            code.Open($"for (int first = 0; first < steps; first += {ModelPlan.ChunkSteps})");
            code.Line($"int count = global::System.Math.Min({ModelPlan.ChunkSteps}, steps - first);");
            code.Line($"RunChunk({input.RunChunk.Replace("inputs", "source")}, count);");
            code.Line("_sourceSteps += count;");
            code.Close();
            code.Line();
        }

        code.Line("Reset();");
        code.Close();
        code.Line();
    }

    private static void EmitReset(CodeWriter code, GraphEmitter graph)
    {
        code.Line("/// <summary>Begins anew with the source that was encoded last: sets the decoder's state to the one that it leaves. Allocates nothing.</summary>");
        code.Open("public void Reset()");
        List<StatePlan> handed = [.. graph.All.OfType<HandOverEmitter>().SelectMany(emitter => emitter.States).Select(pair => pair.To)];
        foreach (StatePlan state in graph.Plan.States.Where(state => !handed.Contains(state)))
        {
            code.Line(StateEmitter.Initial(state));
        }

        foreach ((StatePlan from, StatePlan to) in graph.All.OfType<HandOverEmitter>().SelectMany(emitter => emitter.States))
        {
            code.Line($"{Names.Settled(from, Names.Number(from.Padded))}.CopyTo({Names.Settled(to, Names.Number(to.Padded))});");
        }

        code.Close();
        code.Line();
    }

    private static void EmitStep(CodeWriter code, GraphEmitter graph)
    {
        code.Lines(
            """
            /// <summary>Takes a token of the target and gives the probabilities of the next one. Allocates nothing.</summary>
            /// <param name="token">The token, 0 to V - 1.</param>
            /// <param name="probabilities">Receives the probabilities (V).</param>
            /// <exception cref="global::System.ArgumentException">The span has another length.</exception>
            /// <exception cref="global::System.ArgumentOutOfRangeException">The token is not 0 to V - 1.</exception>
            /// <exception cref="global::System.InvalidOperationException">No source has been encoded.</exception>
            """);
        code.Open("public void Step(int token, SeqSpan probabilities)");
        code.Line("global::Seq.Embedded.Kernels.Shapes.CheckToken(token, OutputSize, \"token\");");
        code.Line("global::Seq.Embedded.Kernels.Shapes.Check(probabilities.Length, OutputSize, \"probabilities\");");
        code.Open("if (_sourceSteps == 0)");
        code.Line("throw new global::System.InvalidOperationException(\"Step must follow Encode.\");");
        code.Close();
        code.Line();
        CodeWriter body = new();
        foreach (string call in graph.PerStep.SelectMany(emitter => emitter.Step("next")))
        {
            body.Lines(call);
        }

        StreamEmitter.EmitWithLocals(code, graph.Plan, body);
        string now = Names.Now(graph.Output.Node.Axis);
        code.Line($"{now} = 1 - {now};");
        StreamEmitter.EmitOutput(code, graph, "OutputSize", "probabilities");
        code.Close();
        code.Line();
    }
}
