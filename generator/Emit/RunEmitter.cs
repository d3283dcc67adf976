using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Plan;

namespace Seq.Embedded.Generator.Emit;

/// <summary>Writes a stream's Run: whole sequences, in chunks of time steps, layer by layer.</summary>
internal static class RunEmitter
{
    public static void Emit(CodeWriter code, ModelPlan plan, string outputs)
    {
        string shape = plan.ManyToOne ? "(O)" : "(T, O)";
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
        LayerPlan[] layers = [.. plan.Layers.Where(layer => !layer.PerSequence)];
        code.Line("SeqReadOnlySpan panels = _model._weights.Span;");
        code.Line("SeqSpan slots = _slots.Span;");
        if (layers.Any(layer => layer.IsRecurrent))
        {
            code.Line("ref float weights = ref _model._weights.Origin;");
            code.Line("ref float state = ref _state.Origin;");
        }

        if (layers.Any(layer => layer.IsOpen))
        {
            code.Line("int outputs = _model.OutputSize;");
        }

        code.Line(layers.Length == 1
            ? "SeqSpan rows0 = _rows.Span;"
            : "SeqSpan rows0 = _rows.Span.Slice(0, _rows.Length / 2), rows1 = _rows.Span.Slice(_rows.Length / 2);");
        string input = "inputs", stride = "InputSize";
        foreach (LayerPlan layer in layers)
        {
            string destination = $"rows{layer.Index % 2}";
            CellOperand x = layer.Program.Operands[0];
            code.Line();
            code.Line($"// {layer.Name}: {layer.Title}");
            code.Line(PanelCalls.Product(layer, layer.Panels[0], input, "count", stride, "slots"));
            if (layer.IsRecurrent)
            {
                EmitRecurrence(code, layer, destination);
            }
            else
            {
                string rows = string.Join(", ", TrainingKernelEmitter.Forward(layer)[0].Rows.Select(row => $"ref SeqMemory.GetReference({(row.Kind == RowKind.Slots ? "slots" : destination)})"));
                code.Line($"{layer.Member}Forward({rows}, count{(layer.IsOpen ? ", outputs" : "")});");
            }

            input = destination;
            stride = Names.Padded(layer);
        }

        code.Line();
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
            arguments.Add(StreamEmitter.State(layer, index, "now"));
            arguments.Add(StreamEmitter.State(layer, index, "next"));
            index++;
        }

        arguments.Add($"ref slots[row * {Names.Number(layer.Program.Slots * layer.Padded!.Value)}]");
        int scratch = layer.ScratchOffset + (layer.Program.Slots * layer.Padded.Value);
        foreach (CellOperand _ in layer.Program.Operands.Where(operand => operand.IsComputed))
        {
            arguments.Add($"ref SeqUnsafe.Add(ref _scratch.Origin, {Names.Number(scratch)})");
            scratch += layer.Padded.Value;
        }

        code.Line($"{layer.Member}Recur({string.Join(", ", arguments)}{(layer.Alternates ? ", now != 0" : "")});");
        code.Line($"_state.Span.Slice({StreamEmitter.Copy(layer, layer.StateOffsets[0], "next")}, {padded}).CopyTo({destination}.Slice(row * {padded}, {padded}));");
        code.Close();
    }
}
