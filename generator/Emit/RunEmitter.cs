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
        string shape = plan.ManyToOne ? "(O)" : "(T, O)";
        code.Lines(
            $$"""
            /// <summary>
            /// Runs a whole sequence from the stream's state on; the same results, bit for bit, as its steps one by one, in less time.
            /// Call <see cref="Reset"/> first for a sequence of its own. Allocates nothing.
            /// </summary>
            """);
        StreamEmitter.EmitNotFinite(code, graph);
        code.Lines(
            $$"""
            /// {{graph.Input.RunText}}
            /// <param name="{{(plan.ManyToOne ? "output" : "outputs")}}">Receives the output{{(plan.ManyToOne ? "" : "s")}} {{shape}}{{(graph.Input.CanBeReplaced ? "; must not overlap the inputs" : "")}}.</param>
            """);
        StreamEmitter.EmitException(code, graph.Input);
        code.Open($"public void Run({graph.Input.RunType} inputs, SeqSpan {(plan.ManyToOne ? "output" : "outputs")})");
        code.Lines(graph.Input.RunCheck);
        code.Line(plan.ManyToOne
            ? $"global::Seq.Embedded.Kernels.Shapes.Check(output.Length, {outputs}, \"output\");"
            : $"global::Seq.Embedded.Kernels.Shapes.Check(outputs.Length, steps, {outputs}, \"outputs\");");
        code.Open($"for (int first = 0; first < steps; first += {ModelPlan.ChunkSteps})");
        code.Line($"int count = global::System.Math.Min({ModelPlan.ChunkSteps}, steps - first);");
        code.Line($"RunChunk({graph.Input.RunChunk}, {(plan.ManyToOne ? "" : $"outputs.Slice(first * {outputs}, count * {outputs}), ")}count);");
        code.Close();
        if (plan.ManyToOne)
        {
            code.Line("Output(output);");
        }

        code.Close();
        code.Line();
        EmitRunChunk(code, graph, outputs);
    }

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
        code.Line("_now = (_now + count) & 1;");
        if (hasResults)
        {
            code.Open("for (int row = 0; row < count; row++)");
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
