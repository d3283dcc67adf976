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
        KernelCode code = ForwardStatements(stage, saveAll: true);
        IEnumerable<string> sums = code.Sums.Select(accumulator => $"SeqVector {accumulator.Name}Sum = {LoadSlot(stage, accumulator.Slot)};");
        string saved = string.Join(", ", SavedBy(stage).Select(stage.VariableName));
        string kept = saved.Length == 0 ? "the backward pass reads the results alone" : $"keeps {saved} in the slots";
        return Kernel(
            stage, $"Forward{Suffix(stage)}", $"the equations{StageText(stage)} of some rows, from their pre-activations; {kept}.",
            [.. NormaliseCalls(stage, "rows"), .. code.Head], [.. sums, .. code.Body]);
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

        // The gradient of a sum that is normalised where it lies is in its slot already.
        List<KeyValuePair<Accumulator, Expr>> deltas = [.. stage.Deltas.Where(delta => !Program.Layout.IsNormalisedInPlace(delta.Key))];
        foreach (KeyValuePair<Accumulator, Expr> delta in deltas)
        {
            statements.Add(StoreSlot(stage, printer.Print(delta.Value), delta.Key.Slot));
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
            Add(adjoint.Key, Program.Layout.Adjoints[adjoint.Key], adjoint.Value);
        }

        foreach (KeyValuePair<Parameter, Expr> adjoint in stage.ParameterAdjoints)
        {
            Add(adjoint.Key, Program.Layout.Parameters[adjoint.Key], adjoint.Value);
        }

        void Add(Expr e, int slot, Expr adjoint)
        {
            string value = printer.Print(adjoint);
            statements.Add(StoreSlot(stage, written.Add(e) ? value : $"{LoadSlot(stage, slot)} + {value}", slot));
        }

        IEnumerable<string> loads = SeedLoads(stage)
            .Concat(ParameterLoads(printer))
            .Concat(printer.PreviousRead.Select(kept => $"SeqVector {kept.Name} = SeqLanes.Load(ref {kept.Name}Row, unit);"))
            .Concat(NextLoads(stage, printer))
            .Concat(SavedLoads(stage, printer));
        bool isEmpty = statements.Count == 0;
        return Kernel(
            stage, $"Backward{Suffix(stage)}", $"the gradient of the equations{StageText(stage)} for some rows; the deltas of the pre-activations replace what the forward pass kept.",
            [.. NormaliseGradientCalls(stage, "rows"), .. UniformStatements(printer)], isEmpty ? [] : [.. loads, .. statements]);
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
            yield return $"SeqVector {CellStage.Adjoint(operand.Name)} = SeqLanes.Load(ref d{ComputedRow(operand)}, unit);";
        }

        foreach (Expr e in stage.LaterAdjoints)
        {
            yield return $"SeqVector {stage.LaterAdjoint(e)} = {LoadSlot(stage, Program.Layout.Adjoints[e])};";
        }

        foreach (Normalised result in stage.NormalisedAfter.SelectMany(group => group.Results).Where(result => !Program.Layout.IsNormalisedInPlace(result)))
        {
            yield return $"SeqVector {stage.LaterAdjoint(result)} = {LoadSlot(stage, Program.Layout.Saved[result])};";
        }
    }

    private static string LoadCarry(Kept kept) => $"SeqLanes.Load(ref {kept.Name}Carry, unit)";

    /// <summary>A kernel with those rows for parameters that its statements name.</summary>
    private TrainingKernel Kernel(CellStage stage, string name, string summary, IReadOnlyList<string> head, IReadOnlyList<string> body) => new(
        Layer.Member + name,
        $"{Layer.Name}: {summary}",
        stage.Space,
        head,
        body,
        [.. Rows().Where(row => head.Concat(body).Any(statement => statement.Contains($"ref {row.Name},")))]);

    private IEnumerable<KernelRow> Rows()
    {
        yield return new KernelRow("weights", RowKind.Weights);
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
        if (kernel.IsEmpty)
        {
            return;
        }

        string padded = Layer.PaddedOf(kernel.Space) is { } size ? Names.Number(size) : "padded outputs";
        List<string> others = [.. kernel.Rows.Where(row => row.Kind is not (RowKind.Slots or RowKind.Weights)).Select(row => row.Name)];
        string shapes = string.Join("; ", new[] { kernel.Rows.Any(row => row.Kind == RowKind.Slots) ? $"slots {SlotShape(Layer, kernel.Space, "rows")}" : "", others.Count > 0 ? $"{string.Join(", ", others)} (rows, {padded})" : "" }.Where(text => text.Length > 0));
        Code.Line($"/// <summary>{kernel.Summary}</summary>");
        Code.Line($"/// <remarks>{shapes}.</remarks>");
        Code.Open($"private static void {kernel.Name}({string.Join(", ", kernel.Rows.Select(row => "ref float " + row.Name))}, int rows{UnitsParameter})");
        foreach (string statement in kernel.Head)
        {
            Code.Line(statement);
        }

        if (kernel.Body.Count > 0)
        {
            EmitLoops(kernel);
        }

        Code.Close();
        Code.Line();
    }

    private void EmitLoops(TrainingKernel kernel)
    {
        int slots = Program.Layout.Count(kernel.Space);
        Code.Open("for (int row = 0; row < rows; row++)");
        Code.Open($"for (int unit = 0; unit < {Names.Units(Layer, kernel.Space)}; unit += {Names.Count})");
        foreach (string statement in kernel.Body)
        {
            Code.Line(statement);
        }

        Code.Close();
        Code.Line();
        foreach (KernelRow row in kernel.Rows.Where(row => row.Kind != RowKind.Weights))
        {
            string padded = Names.Padded(Layer, kernel.Space);
            string stride = row.Kind == RowKind.Slots && slots > 1 ? $"{Names.Number(slots)} * {padded}" : padded;
            Code.Line($"{row.Name} = ref SeqUnsafe.Add(ref {row.Name}, {stride});");
        }

        Code.Close();
    }

    /// <summary>Shape and order of a layer's slots: <c>(rows, 4 x 64): [block][nxSum rSum zSum nhSum, then r z nhSum n][lane]</c>.</summary>
    public static string SlotShape(LayerPlan layer, CellSpace space, string rows)
    {
        CellProgram program = layer.Program;
        CellSlots layout = program.Layout;
        string padded = layer.PaddedOf(space) is { } size ? Names.Number(size) : "padded outputs";
        CellStage stage = program.Stages[0];
        bool IsHere(Expr e) => (program.SpaceOf(e) ?? program.Equations.Units) == space;
        string sums = string.Join(" ", program.Accumulators.Where(accumulator => IsHere(accumulator.Affine)).Select(accumulator => accumulator.Name + "Sum"));
        List<(string Name, int Slot)> others =
        [
            .. layout.Saved.Where(pair => IsHere(pair.Key) && !layout.IsNormalisedInPlace(pair.Key)).Select(pair => (stage.VariableName(pair.Key), pair.Value)),
            .. layout.Scales.Where(pair => IsHere(pair.Key.Results[0])).Select(pair => ("scale", pair.Value)),
            .. layout.Adjoints.Where(pair => IsHere(pair.Key)).Select(pair => (stage.LaterAdjoint(pair.Key), pair.Value)),
            .. layout.Parameters.Where(pair => pair.Key.Space == space).Select(pair => (CellStage.Adjoint(CellStage.ParameterName(pair.Key)), pair.Value)),
        ];
        string then = program.Stages.Count == 1 && others.Count > 0 ? ", then" : "";
        string kept = string.Concat(others.OrderBy(other => other.Slot).Select(other => " " + other.Name));
        return $"({rows}, {Names.Number(layout.Count(space))} x {padded}): [block][{sums}{then}{kept}][lane]";
    }

    public static string SlotShape(LayerPlan layer, string rows) => SlotShape(layer, layer.Program.Equations.Units, rows);

    private string Suffix(CellStage stage) => Program.Stages.Count > 1 ? $"Stage{Names.Number(stage.Index)}" : "";

    private string StageText(CellStage stage) => Program.Stages.Count > 1 ? $" of stage {Names.Number(stage.Index)}" : "";
}
