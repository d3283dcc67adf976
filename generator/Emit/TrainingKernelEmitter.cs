using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Plan;

namespace Seq.Embedded.Generator.Emit;

/// <summary>Writes the element-wise passes of training, forward and backward side by side.</summary>
internal sealed class TrainingKernelEmitter(CodeWriter code, LayerPlan layer) : KernelEmitter(code, layer)
{
    /// <summary>The forward kernels of a layer, one a stage, in order.</summary>
    public static IReadOnlyList<TrainingKernel> Forward(LayerPlan layer)
    {
        TrainingKernelEmitter emitter = new(new CodeWriter(), layer);
        return [.. layer.Program.Stages.Select(emitter.Forward)];
    }

    /// <summary>The backward kernels of a layer, by stage; the last stage comes first in the backward pass.</summary>
    public static IReadOnlyList<TrainingKernel> Backward(LayerPlan layer)
    {
        TrainingKernelEmitter emitter = new(new CodeWriter(), layer);
        HashSet<Expr> written = [];
        return [.. layer.Program.Stages.Reverse().Select(stage => emitter.Backward(stage, written)).Reverse()];
    }

    public void Emit()
    {
        foreach (TrainingKernel kernel in Forward(Layer).Concat(Backward(Layer).Reverse()))
        {
            Emit(kernel);
        }
    }

    /// <summary>The element-wise equations of one stage, from pre-activations in slots; keeps in the slots what the backward pass reads.</summary>
    private TrainingKernel Forward(CellStage stage)
    {
        IEnumerable<string> sums = stage.Accumulators.Select(accumulator => $"SeqVector {accumulator.Name}Sum = {LoadSlot(accumulator.Slot)};");
        string saved = string.Join(", ", SavedBy(stage).Select(stage.VariableName));
        string kept = saved.Length == 0 ? "the backward pass reads the results alone" : $"keeps {saved} in the slots";
        return Kernel($"Forward{Suffix(stage)}", $"the equations{StageText(stage)} of some rows, from their pre-activations; {kept}.", [.. sums, .. ForwardStatements(stage, saveAll: true)]);
    }

    /// <summary>The backward pass of one stage, derived from the equations; replaces what the slots hold by deltas.</summary>
    private TrainingKernel Backward(CellStage stage, HashSet<Expr> written)
    {
        ExpressionPrinter printer = new(Program, stage, backward: true);
        List<string> statements = [];
        foreach (Statement statement in stage.Backward)
        {
            statements.Add($"SeqVector {statement.Name} = {printer.Print(statement.Value)};");
        }

        foreach (KeyValuePair<Accumulator, Expr> delta in stage.Deltas)
        {
            statements.Add(StoreSlot(printer.Print(delta.Value), delta.Key.Slot));
        }

        foreach (Kept kept in Program.States)
        {
            bool finished = stage.Kept.Contains(kept);
            bool contributes = stage.PreviousAdjoints.TryGetValue(kept, out Expr? adjoint);
            if (finished || contributes)
            {
                string value = contributes ? printer.Print(adjoint!) : "SeqVector.Zero";
                statements.Add($"SeqLanes.Store({(finished ? value : $"{LoadCarry(kept)} + {value}")}, ref {kept.Name}Carry, unit);");
            }
        }

        foreach (KeyValuePair<Expr, Expr> adjoint in stage.EarlierAdjoints)
        {
            int slot = Program.AdjointSlots[adjoint.Key];
            string value = printer.Print(adjoint.Value);
            statements.Add(StoreSlot(written.Add(adjoint.Key) ? value : $"{LoadSlot(slot)} + {value}", slot));
        }

        IEnumerable<string> loads = SeedLoads(stage)
            .Concat(printer.PreviousRead.Select(kept => $"SeqVector {kept.Name} = SeqLanes.Load(ref {kept.Name}Row, unit);"))
            .Concat(printer.NextRead.Select(kept => $"SeqVector {stage.VariableName(kept.Next)} = SeqLanes.Load(ref {NextRow(kept)}, unit);"))
            .Concat(printer.SavedRead.Select(e => $"SeqVector {stage.VariableName(e)} = {LoadSlot(Program.Saved[e])};"));
        return Kernel($"Backward{Suffix(stage)}", $"the gradient of the equations{StageText(stage)} for some rows; the deltas of the pre-activations replace what the forward pass kept.", [.. loads, .. statements]);
    }

    /// <summary>Gradients that arrive: from the layer above, from the next time step, from the next stage.</summary>
    private IEnumerable<string> SeedLoads(CellStage stage)
    {
        foreach (Kept kept in stage.Kept)
        {
            List<string> sources = [];
            if (kept == Program.Equations.Output)
            {
                sources.Add("SeqLanes.Load(ref gradientRow, unit)");
            }

            if (kept.IsState)
            {
                sources.Add(LoadCarry(kept));
            }

            yield return $"SeqVector {CellStage.Adjoint(kept.Name)} = {string.Join(" + ", sources)};";
        }

        foreach (CellOperand operand in stage.ComputedOperands)
        {
            yield return $"SeqVector {CellStage.Adjoint("m")} = SeqLanes.Load(ref d{ComputedRow(operand)}, unit);";
        }

        foreach (KeyValuePair<Expr, int> adjoint in Program.AdjointSlots.Where(pair => Program.Level(pair.Key) == stage.Index))
        {
            yield return $"SeqVector {CellStage.Adjoint(stage.VariableName(adjoint.Key))}Later = {LoadSlot(adjoint.Value)};";
        }
    }

    private static string LoadCarry(Kept kept) => $"SeqLanes.Load(ref {kept.Name}Carry, unit)";

    /// <summary>A kernel with those rows for parameters that its statements name.</summary>
    private TrainingKernel Kernel(string name, string summary, IReadOnlyList<string> statements) => new(
        Layer.Member + name,
        $"{Layer.Name}: {summary}",
        statements,
        [.. Rows().Where(row => statements.Any(statement => statement.Contains($"ref {row.Name},")))]);

    private IEnumerable<KernelRow> Rows()
    {
        yield return new KernelRow("slots", RowKind.Slots);
        foreach (Kept kept in Program.Equations.Kept)
        {
            if (kept.IsState)
            {
                yield return new KernelRow(kept.Name + "Row", RowKind.Previous, kept);
            }

            yield return new KernelRow(NextRow(kept), RowKind.Next, kept);
            yield return new KernelRow(kept.Name + "Carry", RowKind.Carry, kept);
        }

        yield return new KernelRow("gradientRow", RowKind.Gradient);
        foreach (CellOperand operand in Program.Operands.Where(operand => operand.IsComputed))
        {
            yield return new KernelRow(ComputedRow(operand), RowKind.Computed, null, operand);
            yield return new KernelRow("d" + ComputedRow(operand), RowKind.ComputedGradient, null, operand);
        }
    }

    private void Emit(TrainingKernel kernel)
    {
        string padded = Layer.Padded is { } size ? Names.Number(size) : "padded outputs";
        string others = string.Join(", ", kernel.Rows.Where(row => row.Kind != RowKind.Slots).Select(row => row.Name));
        Code.Line($"/// <summary>{kernel.Summary}</summary>");
        Code.Line($"/// <remarks>slots {SlotShape(Layer, "rows")}; {others} (rows, {padded}).</remarks>");
        Code.Open($"private static void {kernel.Name}({string.Join(", ", kernel.Rows.Select(row => "ref float " + row.Name))}, int rows{UnitsParameter})");
        Code.Open("for (int row = 0; row < rows; row++)");
        Code.Open($"for (int unit = 0; unit < {Names.Units(Layer)}; unit += {Names.Count})");
        foreach (string statement in kernel.Statements)
        {
            Code.Line(statement);
        }

        Code.Close();
        Code.Line();
        foreach (KernelRow row in kernel.Rows)
        {
            string stride = row.Kind == RowKind.Slots && Program.Slots > 1 ? $"{Names.Number(Program.Slots)} * {Names.Padded(Layer)}" : Names.Padded(Layer);
            Code.Line($"{row.Name} = ref SeqUnsafe.Add(ref {row.Name}, {stride});");
        }

        Code.Close();
        Code.Close();
        Code.Line();
    }

    /// <summary>Shape and order of a layer's slots: <c>(rows, 4 x 64): [block][nxSum rSum zSum nhSum, then r z nhSum n][lane]</c>.</summary>
    public static string SlotShape(LayerPlan layer, string rows)
    {
        CellProgram program = layer.Program;
        string Join(IEnumerable<KeyValuePair<Expr, int>> slots, Func<string, string> name) =>
            string.Concat(slots.OrderBy(pair => pair.Value).Select(pair => " " + name(program.Stages[0].VariableName(pair.Key))));
        string padded = layer.Padded is { } size ? Names.Number(size) : "padded outputs";
        string sums = string.Join(" ", program.Accumulators.Select(accumulator => accumulator.Name + "Sum"));
        string then = program.Stages.Count == 1 && program.Saved.Count > 0 ? ", then" : "";
        string kept = Join(program.Saved, name => name) + Join(program.AdjointSlots, name => CellStage.Adjoint(name) + "Later");
        return $"({rows}, {Names.Number(program.Slots)} x {padded}): [block][{sums}{then}{kept}][lane]";
    }

    private string Suffix(CellStage stage) => Program.Stages.Count > 1 ? $"Stage{Names.Number(stage.Index)}" : "";

    private string StageText(CellStage stage) => Program.Stages.Count > 1 ? $" of stage {Names.Number(stage.Index)}" : "";
}
