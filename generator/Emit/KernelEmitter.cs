using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Plan;

namespace Seq.Embedded.Generator.Emit;

/// <summary>Writes a layer's kernels: the fused step, the step that finds the products of x done, and the element-wise passes of training.</summary>
internal sealed class KernelEmitter(CodeWriter code, LayerPlan layer)
{
    private CellProgram Program => layer.Program;

    private bool SeveralStages => Program.Stages.Count > 1;

    private string UnitsParameter => layer.IsOpen ? ", int outputs" : "";

    /// <summary>Whole time step: panels streamed once, equations applied while the sums are in registers.</summary>
    public void EmitStep() => EmitStep("Step", fromProducts: false,
        $"{layer.Name}: one time step of {layer.Title}, {Names.Number(layer.Inputs)} inputs, {(layer.IsOpen ? "open" : Names.Units(layer))} units.");

    /// <summary>Time step whose products with x are in the slots already, as a whole-sequence run computes them for many steps at once.</summary>
    public void EmitRecur() => EmitStep("Recur", fromProducts: true, $"{layer.Name}: one time step; the slots hold the products with x.");

    private void EmitStep(string name, bool fromProducts, string summary)
    {
        bool slots = fromProducts || SeveralStages;
        List<string> parameters = ["ref float weights"];
        if (!fromProducts)
        {
            parameters.Add("ref float xRow");
        }

        foreach (Kept kept in Program.Equations.Kept)
        {
            parameters.AddRange(kept.IsState ? [$"ref float {kept.Name}Row", $"ref float {kept.Name}NextRow"] : [$"ref float {kept.Name}Row"]);
        }

        if (slots)
        {
            parameters.Add("ref float slots");
        }

        parameters.AddRange(ComputedRows(Program.Operands));
        code.Line($"/// <summary>{summary}</summary>");
        code.Line("/// <remarks>");
        foreach (string line in EquationText.Lines(Program))
        {
            code.Line($"/// {line}<br/>");
        }

        if (layer.Softmax)
        {
            code.Line("/// softmax(y) follows where all units are finished<br/>");
        }

        code.Line($"/// {MultiplyAddText(fromProducts)}, 0 bytes allocated. Panels: [unit block][bias, columns][{Vectors()}][lane].");
        code.Line("/// </remarks>");
        code.Open($"private static void {layer.Member}{name}({string.Join(", ", parameters)}{UnitsParameter})");
        foreach (CellStage stage in Program.Stages)
        {
            EmitStepStage(stage, fromProducts);
        }

        code.Close();
        code.Line();
    }

    private string MultiplyAddText(bool fromProducts)
    {
        long perUnit = layer.Panels.Where(panel => !(fromProducts && panel.Operand.IsInput)).Sum(panel => (long)panel.Columns(layer) * panel.Operand.Vectors);
        return layer.Units is { } units ? $"{Names.Text(perUnit * units)} multiply-adds" : $"{Names.Text(perUnit)} multiply-adds per output";
    }

    private string Vectors() => string.Join("; ", layer.Panels.Select(panel =>
        $"{panel.Operand.Name}: {string.Join(" ", panel.Operand.Accumulators.Select(a => a.Name))}"));

    private void EmitStepStage(CellStage stage, bool fromProducts)
    {
        List<PanelPlan> panels = [.. layer.Panels.Where(panel => panel.Operand.Stage == stage.Index && !(fromProducts && panel.Operand.IsInput))];
        foreach (PanelPlan panel in panels)
        {
            code.Line($"ref float {Weights(panel)} = {Names.At("weights", Names.Number(panel.Offset))};");
        }

        code.Open($"for (int unit = 0; unit < {Names.Units(layer)}; unit += {Names.Count})");
        HashSet<Accumulator> declared = [];
        foreach (PanelPlan panel in panels)
        {
            EmitColumns(panel, declared);
        }

        // Sums that only the products with x feed, or that a later stage goes on with.
        foreach (Accumulator accumulator in stage.Accumulators.Where(accumulator => declared.Add(accumulator)))
        {
            code.Line($"SeqVector {accumulator.Name}Sum = {LoadSlot(accumulator.Slot)};");
        }

        foreach (Accumulator accumulator in declared.Where(accumulator => accumulator.Stage > stage.Index))
        {
            code.Line($"{StoreSlot($"{accumulator.Name}Sum", accumulator.Slot)}");
        }

        EmitForwardValues(stage, saveAll: false);
        code.Close();
    }

    /// <summary>One operand: running sums plus bias plus the columns, in the order that every kernel of this library keeps.</summary>
    private void EmitColumns(PanelPlan panel, HashSet<Accumulator> declared)
    {
        CellOperand operand = panel.Operand;
        string weights = Weights(panel), row = operand.IsComputed ? $"m{Names.Number(operand.Index)}Row" : operand.Name + "Row";
        int columns = panel.Columns(layer), sets = operand.Sets, vectors = operand.Vectors, whole = columns / sets * sets;
        IReadOnlyList<Accumulator> sums = operand.Accumulators;
        code.Line($"// {string.Join(", ", sums.Select(a => a.Name))}: += W {operand.Name} + b, {columns} columns, {sets} sets of accumulators");
        for (int v = 0; v < vectors; v++)
        {
            if (declared.Add(sums[v]))
            {
                code.Line($"SeqVector {sums[v].Name}Sum = {(v < operand.Running ? LoadSlot(sums[v].Slot) : "SeqVector.Zero")};");
            }
        }

        string Set(int v, int set) => set == 0 ? sums[v].Name + "Sum" : $"{sums[v].Name}{char.ToUpperInvariant(operand.Name[0])}{Names.Number(set)}";
        for (int set = 1; set < sets; set++)
        {
            for (int v = 0; v < vectors; v++)
            {
                code.Line($"SeqVector {Set(v, set)} = {(set == 1 ? $"SeqLanes.Load(ref {weights}, {Lanes(v)})" : "SeqVector.Zero")};");
            }
        }

        code.Line($"{weights} = ref SeqUnsafe.Add(ref {weights}, {Lanes(vectors)});");
        void Column(int set, string value)
        {
            for (int v = 0; v < vectors; v++)
            {
                code.Line($"{Set(v, set)} = SeqLanes.MultiplyAdd(SeqLanes.Load(ref {weights}, {Lanes((set * vectors) + v)}), {value}, {Set(v, set)});");
            }
        }

        if (whole > 0)
        {
            code.Open($"for (int column = 0; column < {whole}; column += {sets})");
            for (int set = 0; set < sets; set++)
            {
                code.Line($"SeqVector {operand.Name}{set} = SeqLanes.Broadcast(ref {row}, column{(set == 0 ? "" : $" + {set}")});");
            }

            for (int set = 0; set < sets; set++)
            {
                Column(set, $"{operand.Name}{set}");
            }

            code.Line($"{weights} = ref SeqUnsafe.Add(ref {weights}, {Lanes(sets * vectors)});");
            code.Close();
        }

        for (int set = 0; set < columns - whole; set++)
        {
            Column(set, $"SeqLanes.Broadcast(ref {row}, {whole + set})");
        }

        if (columns > whole)
        {
            code.Line($"{weights} = ref SeqUnsafe.Add(ref {weights}, {Lanes((columns - whole) * vectors)});");
        }

        for (int v = 0; v < vectors; v++)
        {
            code.Line(sets == 2 ? $"{Set(v, 0)} += {Set(v, 1)};" : $"{Set(v, 0)} = ({Set(v, 0)} + {Set(v, 1)}) + ({Set(v, 2)} + {Set(v, 3)});");
        }

        code.Line();
    }

    /// <summary>The element-wise equations of one stage for a number of rows, from pre-activations in slots; keeps in the slots what the backward pass reads.</summary>
    public void EmitForward()
    {
        foreach (CellStage stage in Program.Stages)
        {
            List<string> parameters = ["ref float slots"];
            foreach (Kept kept in Program.Equations.Kept)
            {
                parameters.AddRange(kept.IsState ? [$"ref float {kept.Name}Row", $"ref float {kept.Name}NextRow"] : [$"ref float {kept.Name}Row"]);
            }

            parameters.AddRange(ComputedRows(stage.ComputedOperands));
            code.Line($"/// <summary>{layer.Name}: the equations{StageText(stage)} of some rows, from their pre-activations; keeps in the slots what the backward pass reads ({SavedText()}).</summary>");
            code.Open($"private static void {layer.Member}Forward{StageSuffix(stage)}({string.Join(", ", parameters)}, int rows{UnitsParameter})");
            code.Open("for (int row = 0; row < rows; row++)");
            code.Open($"for (int unit = 0; unit < {Names.Units(layer)}; unit += {Names.Count})");
            foreach (Accumulator accumulator in stage.Accumulators)
            {
                code.Line($"SeqVector {accumulator.Name}Sum = {LoadSlot(accumulator.Slot)};");
            }

            EmitForwardValues(stage, saveAll: true);
            code.Close();
            code.Line();
            AdvanceRows(parameters);
            code.Close();
            code.Close();
            code.Line();
        }
    }

    /// <summary>Reads previous values, computes the stage's values in order and stores what outlives the block.</summary>
    private void EmitForwardValues(CellStage stage, bool saveAll)
    {
        CodeWriter body = new();
        ExpressionPrinter printer = new(Program, stage, backward: false);
        List<string> lines = [];
        foreach (Expr value in stage.Values)
        {
            lines.Add($"SeqVector {stage.VariableName(value)} = {printer.Value(value)};");
        }

        foreach (Kept kept in stage.Kept)
        {
            lines.Add($"SeqLanes.Store({printer.Print(kept.Next)}, ref {(kept.IsState ? kept.Name + "Next" : kept.Name)}Row, unit);");
        }

        foreach (CellOperand operand in stage.ComputedOperands)
        {
            lines.Add($"SeqLanes.Store({printer.Print(operand.Vector)}, ref m{Names.Number(operand.Index)}Row, unit);");
        }

        IEnumerable<Expr> saved = Program.Saved.Keys.Where(e => Program.Level(e) == stage.Index
            && (saveAll || Program.Stages.Skip(stage.Index + 1).Any(later => later.ValuesReadFromEarlierStages().Contains(e))));
        foreach (Expr e in saved)
        {
            lines.Add(StoreSlot(printer.Print(e), Program.Saved[e]));
        }

        foreach (Kept kept in printer.PreviousRead)
        {
            code.Line($"SeqVector {kept.Name} = SeqLanes.Load(ref {kept.Name}Row, unit);");
        }

        foreach (Expr e in printer.SavedRead)
        {
            code.Line($"SeqVector {stage.VariableName(e)} = {LoadSlot(Program.Saved[e])};");
        }

        foreach (string line in lines)
        {
            code.Line(line);
        }
    }

    /// <summary>The backward pass of one stage for a number of rows, derived from the equations; replaces what the slots hold by deltas.</summary>
    public void EmitBackward()
    {
        HashSet<Expr> written = [];
        foreach (CellStage stage in Program.Stages.Reverse())
        {
            EmitBackwardStage(stage, written);
        }
    }

    private void EmitBackwardStage(CellStage stage, HashSet<Expr> written)
    {
        ExpressionPrinter printer = new(Program, stage, backward: true);
        List<string> lines = [];
        foreach (Statement statement in stage.Backward)
        {
            lines.Add($"SeqVector {statement.Name} = {printer.Print(statement.Value)};");
        }

        foreach (KeyValuePair<Accumulator, Expr> delta in stage.Deltas)
        {
            lines.Add(StoreSlot(printer.Print(delta.Value), delta.Key.Slot));
        }

        foreach (Kept kept in Program.States)
        {
            bool finished = stage.Kept.Contains(kept);
            bool contributes = stage.PreviousAdjoints.TryGetValue(kept, out Expr? adjoint);
            string carry = $"SeqLanes.Load(ref {kept.Name}Carry, unit)";
            if (finished || contributes)
            {
                string value = contributes ? printer.Print(adjoint!) : "SeqVector.Zero";
                lines.Add($"SeqLanes.Store({(finished ? value : $"{carry} + {value}")}, ref {kept.Name}Carry, unit);");
            }
        }

        foreach (KeyValuePair<Expr, Expr> adjoint in stage.EarlierAdjoints)
        {
            int slot = Program.AdjointSlots[adjoint.Key];
            string value = printer.Print(adjoint.Value);
            lines.Add(StoreSlot(written.Add(adjoint.Key) ? value : $"{LoadSlot(slot)} + {value}", slot));
        }

        List<string> loads = SeedLoads(stage);
        loads.AddRange(printer.PreviousRead.Select(kept => $"SeqVector {kept.Name} = SeqLanes.Load(ref {kept.Name}Row, unit);"));
        loads.AddRange(printer.NextRead.Select(kept => $"SeqVector {stage.VariableName(kept.Next)} = SeqLanes.Load(ref {NextRow(kept)}, unit);"));
        loads.AddRange(printer.SavedRead.Select(e => $"SeqVector {stage.VariableName(e)} = {LoadSlot(Program.Saved[e])};"));

        List<string> parameters = BackwardParameters(layer, stage);
        code.Line($"/// <summary>{layer.Name}: the gradient of the equations{StageText(stage)} for some rows; the deltas of the pre-activations replace what the forward pass kept.</summary>");
        code.Open($"private static void {layer.Member}Backward{StageSuffix(stage)}({string.Join(", ", parameters)}, int rows{UnitsParameter})");
        code.Open("for (int row = 0; row < rows; row++)");
        code.Open($"for (int unit = 0; unit < {Names.Units(layer)}; unit += {Names.Count})");
        loads.ForEach(load => code.Line(load));
        lines.ForEach(line => code.Line(line));
        code.Close();
        code.Line();
        AdvanceRows(parameters);
        code.Close();
        code.Close();
        code.Line();
    }

    public static List<string> BackwardParameters(LayerPlan layer, CellStage stage)
    {
        List<string> parameters = ["ref float slots"];
        foreach (Kept kept in layer.Program.Equations.Kept)
        {
            parameters.AddRange(kept.IsState ? [$"ref float {kept.Name}Row", $"ref float {kept.Name}NextRow", $"ref float {kept.Name}Carry"] : [$"ref float {kept.Name}Row"]);
        }

        parameters.Add("ref float gradientRow");
        parameters.AddRange(stage.ComputedOperands.Select(operand => $"ref float dm{operand.Index}Row"));
        return parameters;
    }

    /// <summary>Gradients that arrive: from the layer above, from the next time step, from the next stage.</summary>
    private List<string> SeedLoads(CellStage stage)
    {
        List<string> loads = [];
        foreach (Kept kept in stage.Kept)
        {
            bool output = kept == Program.Equations.Output;
            string above = output ? "SeqLanes.Load(ref gradientRow, unit)" : "";
            string carry = kept.IsState ? $"SeqLanes.Load(ref {kept.Name}Carry, unit)" : "";
            loads.Add($"SeqVector {CellStage.Adjoint(kept.Name)} = {above}{(above.Length > 0 && carry.Length > 0 ? " + " : "")}{carry};");
        }

        loads.AddRange(stage.ComputedOperands.Select(operand => $"SeqVector dM = SeqLanes.Load(ref dm{operand.Index}Row, unit);"));
        loads.AddRange(Program.AdjointSlots.Where(pair => Program.Level(pair.Key) == stage.Index)
            .Select(pair => $"SeqVector {CellStage.Adjoint(stage.VariableName(pair.Key))}Later = {LoadSlot(pair.Value)};"));
        return loads;
    }

    private void AdvanceRows(List<string> parameters)
    {
        foreach (string parameter in parameters)
        {
            string name = parameter.Substring("ref float ".Length);
            string stride = name == "slots" && Program.Slots > 1 ? $"{Names.Number(Program.Slots)} * {Names.Padded(layer)}" : Names.Padded(layer);
            code.Line($"{name} = ref SeqUnsafe.Add(ref {name}, {stride});");
        }
    }

    private static IEnumerable<string> ComputedRows(IEnumerable<CellOperand> operands) =>
        operands.Where(operand => operand.IsComputed).Select(operand => $"ref float m{Names.Number(operand.Index)}Row");

    private string Weights(PanelPlan panel) => panel.Operand.IsComputed ? $"mWeights" : panel.Operand.Name + "Weights";

    private static string NextRow(Kept kept) => kept.IsState ? kept.Name + "NextRow" : kept.Name + "Row";

    public static string StageSuffix(LayerPlan layer, CellStage stage) => layer.Program.Stages.Count > 1 ? $"Stage{Names.Number(stage.Index)}" : "";

    private string StageSuffix(CellStage stage) => StageSuffix(layer, stage);

    private string StageText(CellStage stage) => SeveralStages ? $" of stage {Names.Number(stage.Index)}" : "";

    private string SavedText() => Program.Saved.Count == 0 ? "nothing more than the results" : string.Join(", ", Program.Saved.Keys.Select(Program.Stages[0].VariableName));

    private string LoadSlot(int slot) => $"SeqLanes.Load(ref slots, {SlotOffset(slot)})";

    private string StoreSlot(string value, int slot) => $"SeqLanes.Store({value}, ref slots, {SlotOffset(slot)});";

    private string SlotOffset(int slot)
    {
        string block = Program.Slots == 1 ? "unit" : $"({Names.Number(Program.Slots)} * unit)";
        return slot == 0 ? block.Trim('(', ')') : $"{block} + {(slot == 1 ? Names.Count : $"({Lanes(slot)})")}";
    }

    private static string Lanes(int vectors) => vectors switch
    {
        0 => "0",
        1 => Names.Count,
        _ => $"{Names.Number(vectors)} * {Names.Count}",
    };
}
