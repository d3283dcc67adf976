using Seq.Embedded.Generator.Emit.Nodes;
using Seq.Embedded.Generator.Plan;
using Seq.Embedded.Generator.Plan.Nodes;

namespace Seq.Embedded.Generator.Emit;

/// <summary>Writes a stream's Run: whole sequences, in chunks of time steps, layer by layer.</summary>
internal static class RunEmitter
{
    public static void Emit(CodeWriter code, GraphEmitter graph, string outputs)
    {
        ModelPlan plan = graph.Plan;
        bool isStrided = plan.OutputStride > 1;
        string shape = plan.ManyToOne ? "(O)" : isStrided ? "(Y, O), Y = GetOutputSteps(T)" : "(T, O)";
        code.Lines(
            $$"""
            /// <summary>
            /// Runs a whole sequence from the stream's state on; the same results, bit for bit, as its steps one by one, in less time.
            /// Call <see cref="Reset"/> first for a sequence of its own. Allocates nothing.
            /// </summary>
            /// <remarks>{{StreamEmitter.NotFinite(plan)}}</remarks>
            /// <param name="inputs">The input vectors (T, I), T of any length.</param>
            /// <param name="{{(plan.ManyToOne ? "output" : "outputs")}}">Receives the output{{(plan.ManyToOne ? "" : "s")}} {{shape}}; must not overlap the inputs.</param>
            /// <exception cref="global::System.ArgumentException">A span has another length.</exception>
            """);
        code.Open($"public void Run(SeqReadOnlySpan inputs, SeqSpan {(plan.ManyToOne ? "output" : "outputs")})");
        code.Line("int steps = global::Seq.Embedded.Kernels.Shapes.Rows(inputs.Length, InputSize, \"inputs\");");
        code.Line(plan.ManyToOne ? $"global::Seq.Embedded.Kernels.Shapes.Check(output.Length, {outputs}, \"output\");"
            : isStrided ? $"global::Seq.Embedded.Kernels.Shapes.Check(outputs.Length, GetOutputSteps(steps), {outputs}, \"outputs\");"
            : $"global::Seq.Embedded.Kernels.Shapes.Check(outputs.Length, steps, {outputs}, \"outputs\");");
        code.Open($"for (int first = 0; first < steps; first += {ModelPlan.ChunkSteps})");
        code.Line($"int count = global::System.Math.Min({ModelPlan.ChunkSteps}, steps - first);");
        string results = plan.ManyToOne ? "" : isStrided ? $"outputs.Slice(0, results), " : $"outputs.Slice(first * {outputs}, count * {outputs}), ";
        if (isStrided)
        {
            code.Line($"int results = GetOutputSteps(count) * {outputs};");
        }

        code.Line($"RunChunk(inputs.Slice(first * InputSize, count * InputSize), {results}count);");
        if (isStrided)
        {
            code.Line("outputs = outputs.Slice(results);");
        }

        code.Close();
        if (plan.ManyToOne)
        {
            code.Line("Output(output);");
        }

        code.Close();
        code.Line();
        if (isStrided)
        {
            EmitOutputSteps(code, plan);
        }

        EmitRunChunk(code, graph, outputs);
    }

    private static void EmitOutputSteps(CodeWriter code, ModelPlan plan)
    {
        string stride = Names.Number(plan.OutputStride);
        code.Lines(
            $$"""
            /// <summary>Number of outputs that <see cref="Run"/> gives for so many time steps from the stream's state on: ceil(T / {{stride}}) for a sequence of its own. Allocates nothing.</summary>
            /// <param name="steps">Number of time steps (T).</param>
            /// <exception cref="global::System.ArgumentOutOfRangeException">steps is negative.</exception>
            public int GetOutputSteps(int steps)
            {
                global::System.ArgumentOutOfRangeException.ThrowIfNegative(steps);
                return global::Seq.Embedded.Kernels.Strides.Count(_phase, steps, {{stride}});
            }

            """);
    }

    private static void EmitRunChunk(CodeWriter code, GraphEmitter graph, string outputs)
    {
        ModelPlan plan = graph.Plan;
        NodeEmitter[] emitters = [.. graph.PerStep];
        code.Line("/// <summary>Layer by layer: the products with x of all time steps as one matrix product, then the rest step by step.</summary>");
        code.Open($"private void RunChunk(SeqReadOnlySpan inputs, {(plan.ManyToOne ? "" : "SeqSpan results, ")}int count)");
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

        foreach (Axis axis in plan.Axes.Where(axis => axis.Index > 0))
        {
            string stride = Names.Number(axis.Stride);
            code.Line($"int {Names.Before(axis)} = global::Seq.Embedded.Kernels.Strides.Before(_phase, {stride}), {Names.RunCount(axis)} = global::Seq.Embedded.Kernels.Strides.Count(_phase, count, {stride});");
        }

        EmitRows(code, plan);
        foreach (NodeEmitter emitter in emitters)
        {
            CodeWriter block = new();
            emitter.Run(block);
            EmitBlock(code, emitter.Title, block.ToString());
        }

        code.Line();
        foreach (Axis axis in plan.Axes)
        {
            code.Line($"{Names.Now(axis)} = ({Names.Now(axis)} + {Names.RunCount(axis)}) & 1;");
        }

        if (plan.Stride > 1)
        {
            code.Line($"_phase = (_phase + count) % {Names.Number(plan.Stride)};");
        }

        if (!plan.ManyToOne)
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
            string length = buffers[i] is { } width && buffers.Count > 1 ? $", {Names.Number(ModelPlan.ChunkSteps * width)}" : "";
            string slice = at == 0 && length.Length == 0 ? "" : $".Slice({Names.Number(ModelPlan.ChunkSteps * at)}{length})";
            code.Line($"SeqSpan rows{Names.Number(i)} = _rows.Span{slice};");
            at += buffers[i] ?? 0;
        }
    }
}
