using Seq.Embedded.Generator.Emit.Nodes;
using Seq.Embedded.Generator.Plan;
using Seq.Embedded.Generator.Plan.Nodes;

namespace Seq.Embedded.Generator.Emit;

/// <summary>Writes a stream's Run: whole sequences, in chunks of time steps, layer by layer.</summary>
internal static class RunEmitter
{
    public static void Emit(CodeWriter code, GraphEmitter graph, string outputs)
    {
        if (graph.Plan.ReadsWholeSequence)
        {
            EmitWholeRuns(code, graph, outputs);
        }
        else
        {
            EmitRun(code, graph, outputs);
        }

        if (graph.Plan.OutputStride > 1)
        {
            EmitOutputSteps(code, graph.Plan);
        }

        EmitRunChunk(code, graph, outputs);
    }

    /// <summary>A run of any length, from the state on, in chunks.</summary>
    private static void EmitRun(CodeWriter code, GraphEmitter graph, string outputs)
    {
        ModelPlan plan = graph.Plan;
        bool waits = plan.LookAhead > 0;
        string result = Result(plan), chunk = Names.Number(plan.RunSteps);
        code.Lines(
            $$"""
            /// <summary>
            /// Runs a whole sequence from the stream's state on; the same results, bit for bit, as its steps one by one{{(waits ? " and a flush" : "")}}, in less time.
            /// Call <see cref="Reset"/> first for a sequence of its own. Allocates nothing.
            /// </summary>
            """);
        StreamEmitter.EmitNotFinite(code, graph);
        EmitParameters(code, graph, "T of any length");
        if (waits)
        {
            code.Line("/// <exception cref=\"global::System.InvalidOperationException\">Time steps wait for their chunk; call <see cref=\"Flush\"/> or <see cref=\"Reset\"/> first.</exception>");
        }

        code.Open($"public void Run({graph.Input.RunType} inputs, SeqSpan {result})");
        EmitChecks(code, graph, outputs);
        if (waits)
        {
            LookAheadEmitter.EmitNoneWaits(code);
        }

        code.Open($"for (int first = 0; first < steps; first += {chunk})");
        code.Line($"int count = global::System.Math.Min({chunk}, steps - first);");
        if (plan.OutputStride > 1)
        {
            code.Line($"int results = GetOutputSteps(count) * {outputs};");
            code.Line($"RunChunk({graph.Input.RunChunk}, outputs.Slice(0, results), count);");
            code.Line("outputs = outputs.Slice(results);");
        }
        else
        {
            code.Line($"RunChunk({graph.Input.RunChunk}, {(plan.ManyToOne ? "" : $"outputs.Slice(first * {outputs}, count * {outputs}), ")}count);");
        }

        code.Close();
        if (plan.ManyToOne)
        {
            code.Line("Output(output);");
        }

        code.Close();
        code.Line();
    }

    /// <summary>Runs of a model that reads the whole sequence: from the initial state, or from a given one.</summary>
    private static void EmitWholeRuns(CodeWriter code, GraphEmitter graph, string outputs)
    {
        ModelPlan plan = graph.Plan;
        string result = Result(plan);
        void Documentation(string from, bool given)
        {
            code.Line($"/// <summary>Runs a whole sequence from {from}. Allocates nothing.</summary>");
            StreamEmitter.EmitNotFinite(code, graph);
            EmitParameters(code, graph, "T from 0 to MaxSteps", given);
        }

        Documentation(plan.States.Any(state => state.InitialOffset is not null) ? "the initial state, learned or zero" : "the initial state, zero", given: false);
        code.Open($"public void Run({graph.Input.RunType} inputs, SeqSpan {result})");
        code.Line($"int steps = CheckedSteps(inputs, {result});");
        code.Line("Reset();");
        code.Line($"RunSequence(inputs, {result}, steps);");
        code.Close();
        code.Line();
        Documentation("a given state", given: true);
        code.Open($"public void Run({graph.Input.RunType} inputs, SeqReadOnlySpan initialState, SeqSpan {result})");
        code.Line($"int steps = CheckedSteps(inputs, {result});");
        code.Line("RestoreState(initialState);");
        code.Line($"RunSequence(inputs, {result}, steps);");
        code.Close();
        code.Line();
        code.Open($"private int CheckedSteps({graph.Input.RunType} inputs, SeqSpan {result})");
        EmitChecks(code, graph, outputs);
        code.Line("return steps;");
        code.Close();
        code.Line();
        code.Open($"private void RunSequence({graph.Input.RunType} inputs, SeqSpan {result}, int steps)");
        code.Open("if (steps > 0)");
        code.Line($"RunChunk(inputs, {(plan.ManyToOne ? "" : "outputs, ")}steps);");
        code.Close();
        if (plan.ManyToOne)
        {
            code.Line();
            StreamEmitter.EmitOutputOfSequence(code, graph, outputs);
        }

        code.Close();
        code.Line();
    }

    private static string Result(ModelPlan plan) => plan.ManyToOne ? "output" : "outputs";

    private static void EmitParameters(CodeWriter code, GraphEmitter graph, string length, bool given = false)
    {
        ModelPlan plan = graph.Plan;
        string overlap = graph.Input.CanBeReplaced ? "; must not overlap the inputs" : "";
        code.Line($"/// {graph.Input.RunText.Replace("T of any length", length)}");
        if (given)
        {
            code.Line("/// <param name=\"initialState\">StateSize values, in the order of a snapshot: of a reverse direction the state before the last time step.</param>");
        }

        code.Line(plan.ManyToOne
            ? $"/// <param name=\"output\">Receives the output (O){overlap}.</param>"
            : $"/// <param name=\"outputs\">Receives the outputs {(plan.OutputStride > 1 ? "(Y, O), Y = GetOutputSteps(T)" : "(T, O)")}{overlap}.</param>");
        code.Line($"/// <exception cref=\"global::System.ArgumentException\">A span has another length{(plan.ReadsWholeSequence ? ", or T is above MaxSteps" : "")}.</exception>");
        if (graph.Input.Exception.Length > 0)
        {
            code.Line($"/// {graph.Input.Exception}");
        }
    }

    /// <summary>Declares <c>steps</c>.</summary>
    private static void EmitChecks(CodeWriter code, GraphEmitter graph, string outputs)
    {
        ModelPlan plan = graph.Plan;
        code.Lines(graph.Input.RunCheck);
        if (plan.ReadsWholeSequence)
        {
            code.Line("global::Seq.Embedded.Kernels.Shapes.CheckSteps(steps, MaxSteps, \"inputs\");");
        }

        code.Line(plan.ManyToOne
            ? $"global::Seq.Embedded.Kernels.Shapes.Check(output.Length, {outputs}, \"output\");"
            : $"global::Seq.Embedded.Kernels.Shapes.Check(outputs.Length, {(plan.OutputStride > 1 ? "GetOutputSteps(steps)" : "steps")}, {outputs}, \"outputs\");");
    }

    private static void EmitOutputSteps(CodeWriter code, ModelPlan plan)
    {
        string stride = Names.Number(plan.OutputStride);
        code.Lines(
            $$"""
            /// <summary>Number of outputs that <c>Run</c> gives for so many time steps{{(plan.HasPhase ? " from the stream's state on" : "")}}: ceil(T / {{stride}}){{(plan.HasPhase ? " for a sequence of its own" : "")}}. Allocates nothing.</summary>
            /// <param name="steps">Number of time steps (T).</param>
            /// <exception cref="global::System.ArgumentOutOfRangeException">steps is negative.</exception>
            public int GetOutputSteps(int steps)
            {
                global::System.ArgumentOutOfRangeException.ThrowIfNegative(steps);
                return global::Seq.Embedded.Kernels.Strides.Count({{Phase(plan)}}, steps, {{stride}});
            }

            """);
    }

    /// <summary>The time step within the stride that a run begins at.</summary>
    private static string Phase(ModelPlan plan) => plan.HasPhase ? "_phase" : "0";

    public static void EmitRunChunk(CodeWriter code, GraphEmitter graph, string outputs)
    {
        ModelPlan plan = graph.Plan;
        bool hasResults = !plan.ManyToOne && !plan.HasDecoder;
        NodeEmitter[] emitters = [.. graph.PerRun];
        code.Line("/// <summary>Layer by layer: the products with x of all time steps as one matrix product, then the rest step by step.</summary>");
        code.Open($"private void RunChunk({graph.Input.RunType} inputs, {(hasResults ? "SeqSpan results, " : "")}int count)");
        code.Line("SeqReadOnlySpan panels = _model._weights.Span;");
        code.Line("SeqSpan slots = _slots.Span;");
        if (emitters.Any(emitter => emitter.Node is CellNode { Layer.IsRecurrent: true }))
        {
            code.Line("ref float weights = ref _model._weights.Origin;");
            code.Line("ref float state = ref _state.Origin;");
        }

        if (emitters.Any(emitter => emitter.Node.Stride is null))
        {
            code.Line("int outputs = _model.OutputSize;");
        }

        foreach (Axis axis in plan.InputAxes.Where(axis => axis.Index > 0))
        {
            string stride = Names.Number(axis.Stride), before = plan.HasPhase ? $"{Names.Before(axis)} = global::Seq.Embedded.Kernels.Strides.Before(_phase, {stride}), " : "";
            code.Line($"int {before}{Names.RunCount(axis)} = global::Seq.Embedded.Kernels.Strides.Count({Phase(plan)}, count, {stride});");
        }

        EmitRows(code, plan);
        foreach (NodeEmitter emitter in emitters.Where(emitter => emitter.Node.IsMemory))
        {
            code.Line($"SeqSpan {emitter.RunRows} = _memory.Span.Slice(({Names.Number(emitter.Node.MemoryOffset)} * MaxSourceSteps) + (_sourceSteps * {emitter.Stride}));");
        }

        foreach (NodeEmitter emitter in emitters)
        {
            CodeWriter block = new();
            emitter.Run(block);
            EmitBlock(code, emitter.Title, block.ToString());
        }

        code.Line();
        foreach (Axis axis in plan.InputAxes)
        {
            code.Line($"{Names.Now(axis)} = ({Names.Now(axis)} + {Names.RunCount(axis)}) & 1;");
        }

        if (plan.HasPhase)
        {
            code.Line($"_phase = (_phase + count) % {Names.Number(plan.Stride)};");
        }

        if (hasResults)
        {
            code.Open($"for (int row = 0; row < {Names.RunCount(graph.Output.Node.Axis)}; row++)");
            code.Line($"SeqSpan result = results.Slice(row * {outputs}, {outputs});");
            code.Line($"{graph.Output.RunRows}.Slice(row * {graph.Output.Stride}, {outputs}).CopyTo(result);");
            if (plan.Softmax)
            {
                code.Line("global::Seq.Embedded.Kernels.Elementwise.Softmax(result);");
            }

            code.Close();
        }

        code.Close();
        code.Line();
    }

    private static void EmitBlock(CodeWriter code, string title, string block)
    {
        if (block.Length > 0)
        {
            code.Line();
            code.Line($"// {title}");
            code.Lines(block.TrimEnd('\n'));
        }
    }

    /// <summary>The buffers of rows between nodes, one behind the other.</summary>
    private static void EmitRows(CodeWriter code, ModelPlan plan)
    {
        IReadOnlyList<int?> buffers = plan.RunBuffers;
        int at = 0;
        for (int i = 0; i < buffers.Count; i++)
        {
            string length = buffers[i] is { } width && buffers.Count > 1 ? $", {RowsOf(plan, width)}" : "";
            string slice = at == 0 && length.Length == 0 ? "" : $".Slice({RowsOf(plan, at)}{length})";
            code.Line($"SeqSpan rows{Names.Number(i)} = _rows.Span{slice};");
            at += buffers[i] ?? 0;
        }
    }

    /// <summary>Floats of the rows of so many floats each.</summary>
    private static string RowsOf(ModelPlan plan, int floats) =>
        !plan.ReadsWholeSequence ? Names.Number(plan.RunSteps * floats) : floats == 0 ? "0" : $"{(plan.HasDecoder ? "MaxSourceSteps" : "MaxSteps")} * {Names.Number(floats)}";
}
