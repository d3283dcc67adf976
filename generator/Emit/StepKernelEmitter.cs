using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Plan;

namespace Seq.Embedded.Generator.Emit;

/// <summary>Writes a layer's step: whole, and the part that is left when the products with x are done.</summary>
internal sealed class StepKernelEmitter(CodeWriter code, LayerPlan layer, StepForm form) : KernelEmitter(code, layer)
{
    private bool IsPair => form.PairLanes > 0;

    /// <summary>The units that a turn of the loop computes.</summary>
    private string Turn => IsPair ? $"{Vector}.Count" : Names.Count;

    protected override string Vector => IsPair ? Names.Pair(form.PairLanes) : Names.Vector;

    private string Zero => IsPair ? "default" : "SeqVector.Zero";

    protected override string Functions => IsPair ? Vector : Names.Math;

    protected override string Load(string row, string offset, int vectors = 1) => IsPair ? $"{Vector}.Load(ref {row}, {offset}, {Lanes(vectors)})" : base.Load(row, offset, vectors);

    protected override string Store(string value, string row, string offset, int vectors = 1) =>
        IsPair ? $"{Vector}.Store({value}, ref {row}, {offset}, {Lanes(vectors)});" : base.Store(value, row, offset, vectors);

    /// <summary>Whole time step: panels streamed once, equations applied while the sums are in registers.</summary>
    public void EmitStep() => EmitStep("Step", fromProducts: false,
        $"{Layer.Name}: one time step of {Layer.Title}, {Names.Number(Layer.Inputs)} inputs, {(Layer.IsOpen ? "open" : Names.Units(Layer))} units.");

    /// <summary>Time step whose products with x are in the slots already, as a whole-sequence run computes them for many steps at once.</summary>
    public void EmitRecur() => EmitStep("Recur", fromProducts: true, $"{Layer.Name}: one time step; the slots hold the products with x.");

    private void EmitStep(string name, bool fromProducts, string summary)
    {
        List<string> parameters = [];
        if (!fromProducts)
        {
            parameters.Add(Layer.TakesTokens ? "int token" : "ref float xRow");
        }

        foreach (Kept kept in Program.Equations.Kept)
        {
            parameters.AddRange(kept.IsState ? [$"ref float {kept.Name}Row", $"ref float {NextRow(kept)}"] : [$"ref float {NextRow(kept)}"]);
        }

        if (fromProducts || Layer.StepUsesSlots)
        {
            parameters.Add("ref float slots");
        }

        parameters.AddRange(Program.Operands.Where(operand => operand.IsComputed).Select(operand => $"ref float {ComputedRow(operand)}"));
        if (Layer.Int8Products.Any(panel => !(fromProducts && panel.Operand.IsInput)))
        {
            parameters.Add("ref float bytes");
        }

        Code.Line($"/// <summary>{summary}</summary>");
        Code.Line("/// <remarks>");
        foreach (string line in EquationText.Lines(Program))
        {
            Code.Line($"/// {line}<br/>");
        }

        if (Layer.TakesTokens && !fromProducts)
        {
            Code.Line("/// x is 1 at the token and 0 elsewhere: its product is a column of the weights<br/>");
        }

        if (Layer.Window is { } window)
        {
            Code.Line($"/// x: the inputs of {Names.Number(window.Kernel)} time steps side by side{(window.Dilation > 1 ? $", {Names.Number(window.Dilation)} apart" : "")}, that of this one last<br/>");
        }

        if (Layer.Softmax)
        {
            Code.Line("/// softmax(y) follows where all units are finished<br/>");
        }

        string panels = Layer.Panels.Any(panel => panel.IsInt8) ? $"tiles of 8-bit weights ({Vectors()}), see Int8Panel" : $"[unit block][bias, columns][{Vectors()}][lane]";
        Code.Line($"/// {MultiplyAddText(fromProducts)}, 0 bytes allocated. Panels: {panels}.");
        Code.Line("/// </remarks>");
        string order = form.Alternates ? ", bool descending" : "";
        Code.Open($"private static void {Layer.Member}{name}(ref float weights, {string.Join(", ", parameters)}{UnitsParameter}{order})");
        List<KernelCode> stages = [.. Program.Stages.Select(stage => ForwardStatements(stage, saveAll: false))];
        foreach (string statement in stages.SelectMany(stage => stage.Head).Distinct())
        {
            Code.Line(statement);
        }

        foreach (CellStage stage in Program.Stages)
        {
            foreach (string call in NormaliseCalls(stage, "1"))
            {
                Code.Line(call);
            }

            EmitStage(stage, stages[stage.Index], fromProducts);
        }

        Code.Close();
        Code.Line();
    }

    private string MultiplyAddText(bool fromProducts)
    {
        long MultiplyAdds(int units) => Layer.Panels.Where(panel => !panel.Operand.IsInput || !(fromProducts || Layer.TakesTokens)).Sum(panel => panel.MultiplyAdds(Layer, units));
        return Layer.Units is { } units ? $"{Numbers.Text(MultiplyAdds(units))} multiply-adds" : $"{Numbers.Text(MultiplyAdds(1))} multiply-adds per output";
    }

    private string Vectors() => string.Join("; ", Layer.Panels.Select(panel =>
        $"{panel.Operand.Name}: {string.Join(" ", panel.Operand.Accumulators.Select(a => a.Name))}"));

    /// <summary>The variable that runs through the weights of a panel.</summary>
    private static string Weights(PanelPlan panel) => panel.Operand.Name + "Weights";

    private void EmitStage(CellStage stage, KernelCode code, bool fromProducts)
    {
        List<PanelPlan> panels = [.. Layer.Panels.Where(panel => panel.Operand.Stage == stage.Index && !(fromProducts && panel.Operand.IsInput))];
        if (panels.Count == 0 && code.Body.Count == 0)
        {
            return;
        }

        if (panels.Any(panel => panel.IsInt8))
        {
            EmitInt8Products(panels);
            panels.Clear();
            if (Program.Stages.Count == 1)
            {
                EmitPasses(stage);
                return;
            }
        }

        string units = Names.Units(Layer, stage.Space);
        if (IsPair)
        {
            Code.Line("// Two blocks of units at a time share what is read of the columns, and do not wait for each other's sums.");
        }

        if (form.Alternates)
        {
            Code.Line("// More than the cache holds: every other step comes back over what the last one left there.");
            Code.Open($"for (int done = 0; done < {units}; done += {Turn})");
            Code.Line($"int unit = descending ? (({Names.Number(Layer.UnitsOf(stage.Space)!.Value - 1)} / {Turn}) * {Turn}) - done : done;");
        }
        else
        {
            // One pointer runs on from block to block: 1 to 3 % faster than finding each block anew (GRU 40 -> 32 to 128).
            panels.ForEach(panel => Code.Line($"ref float {Weights(panel)} = {Names.At("weights", Names.Number(panel.Offset))};"));
            Code.Open($"for (int unit = 0; unit < {units}; unit += {Turn})");
        }

        HashSet<Accumulator> declared = [];
        foreach (PanelPlan panel in panels)
        {
            if (Layer.IsLookup(panel))
            {
                EmitLookup(panel, declared);
            }
            else
            {
                EmitColumns(stage, panel, declared);
            }
        }

        // Sums of products that are finished: those with x in a run, those of 8-bit weights.
        foreach (Accumulator accumulator in code.Sums.Where(accumulator => !declared.Contains(accumulator)))
        {
            Code.Line($"{Vector} {accumulator.Name}Sum = {LoadSlot(stage, accumulator.Slot)};");
        }

        // Sums that a later stage goes on with, or that are normalised before it.
        foreach (Accumulator accumulator in declared.Where(accumulator => accumulator.Stage > stage.Index || Program.Layout.IsNormalisedInPlace(accumulator)))
        {
            Code.Line(StoreSlot(stage, $"{accumulator.Name}Sum", accumulator.Slot));
        }

        foreach (string statement in code.Body)
        {
            Code.Line(statement);
        }

        Code.Close();
    }

    /// <summary>Rows are rounded first, all of them: rounding one does not wait for the products of another.</summary>
    private void EmitInt8Products(IReadOnlyList<PanelPlan> panels)
    {
        List<PanelPlan> products = [.. panels.Where(panel => !Layer.IsLookup(panel))];
        if (products.Count > 0)
        {
            Code.Line($"// {string.Join(", ", products.Select(panel => panel.Operand.Name))}: to 7 bits with a scale");
        }

        foreach (PanelPlan panel in products)
        {
            Code.Line(PanelCalls.Quantize(Layer, panel, panel.Operand.IsComputed ? ComputedRow(panel.Operand) : panel.Operand.Name + "Row"));
        }

        Code.Line($"// {string.Join(", ", panels.SelectMany(panel => panel.Operand.Accumulators).Distinct().Select(sum => sum.Name))}: += W {string.Join(" and ", panels.Select(panel => panel.Operand.Name))} + b, into the slots");
        foreach (PanelPlan panel in panels)
        {
            Code.Line(PanelCalls.RowProduct(Layer, panel));
        }

        Code.Line();
    }

    /// <summary>A stage whose sums all lie in the slots.</summary>
    private void EmitPasses(CellStage stage)
    {
        foreach (StagePass pass in StagePass.Of(Program, stage))
        {
            KernelCode code = ForwardStatements(stage, saveAll: false, pass);
            if (pass.HandedOn.Count > 0)
            {
                Code.Line($"// {string.Join(", ", pass.HandedOn.Select(stage.VariableName))} wait in the slots of sums: what reads them has a loop of its own, so that blocks overlap.");
            }

            Code.Open($"for (int unit = 0; unit < {Names.Units(Layer, stage.Space)}; unit += {Names.Count})");
            foreach (Accumulator accumulator in code.Sums)
            {
                Code.Line($"SeqVector {accumulator.Name}Sum = {LoadSlot(stage, accumulator.Slot)};");
            }

            foreach (string statement in code.Body)
            {
                Code.Line(statement);
            }

            Code.Close();
        }
    }

    /// <summary>The product with a one-hot vector: bias plus the column of the token, in the order of the runtime's Gather.</summary>
    private void EmitLookup(PanelPlan panel, HashSet<Accumulator> declared)
    {
        string weights = Weights(panel);
        int columns = panel.Columns(Layer), vectors = panel.Operand.Vectors;
        IReadOnlyList<Accumulator> sums = panel.Operand.Accumulators;
        Code.Line($"// {string.Join(", ", sums.Select(a => a.Name))}: b + the column of the token, one of {columns}");
        if (form.Alternates)
        {
            string block = $"unit * {Names.Number((columns + 1L) * vectors)}";
            Code.Line($"ref float {weights} = {Names.At("weights", panel.Offset == 0 ? block : $"{Names.Number(panel.Offset)} + ({block})")};");
        }

        string column = vectors == 1 ? $"(token + 1) * {Names.Count}" : $"(token + 1) * {Names.Number(vectors)} * {Names.Count}";
        for (int v = 0; v < vectors; v++)
        {
            declared.Add(sums[v]);
            Code.Line($"SeqVector {sums[v].Name}Sum = SeqLanes.Load(ref {weights}, {Lanes(v)}) + SeqLanes.Load(ref {weights}, {(v == 0 ? column : $"({column}) + ({Lanes(v)})")});");
        }

        if (!form.Alternates)
        {
            Code.Line($"{weights} = ref SeqUnsafe.Add(ref {weights}, {Lanes((columns + 1) * vectors)});");
        }

        Code.Line();
    }

    /// <summary>One operand: running sums plus bias plus the columns, in the order that every kernel of this library keeps.</summary>
    private void EmitColumns(CellStage stage, PanelPlan panel, HashSet<Accumulator> declared)
    {
        CellOperand operand = panel.Operand;
        string weights = Weights(panel), row = operand.IsComputed ? ComputedRow(operand) : operand.Name + "Row";
        int columns = panel.Columns(Layer), sets = operand.Sets, vectors = operand.Vectors, whole = columns / sets * sets;
        IReadOnlyList<Accumulator> sums = operand.Accumulators;
        Code.Line($"// {string.Join(", ", sums.Select(a => a.Name))}: += W {operand.Name}{(operand.HasBias ? " + b" : "")}, {columns} columns, {sets} sets of accumulators");
        if (form.Alternates)
        {
            string first = $"unit * {Names.Number((columns + 1L) * vectors)}";
            Code.Line($"ref float {weights} = {Names.At("weights", panel.Offset == 0 ? first : $"{Names.Number(panel.Offset)} + ({first})")};");
        }

        string block = operand.Name + "Block";
        if (IsPair)
        {
            Code.Line($"int {block} = {Lanes((columns + 1) * vectors)};");
        }

        string Bias(int v) => IsPair ? $"{Vector}.Load(ref {weights}, {Lanes(v)}, {block})" : Load(weights, Lanes(v));
        for (int v = 0; v < vectors; v++)
        {
            if (declared.Add(sums[v]))
            {
                Code.Line($"{Vector} {sums[v].Name}Sum = {(v < operand.Running ? LoadSlot(stage, sums[v].Slot) : Zero)};");
            }
        }

        string Set(int v, int set) => set == 0 ? sums[v].Name + "Sum" : $"{sums[v].Name}{char.ToUpperInvariant(operand.Name[0])}{Names.Number(set)}";
        for (int set = 1; set < sets; set++)
        {
            for (int v = 0; v < vectors; v++)
            {
                Code.Line($"{Vector} {Set(v, set)} = {(set == 1 ? Bias(v) : Zero)};");
            }
        }

        Code.Line($"{weights} = ref SeqUnsafe.Add(ref {weights}, {Lanes(vectors)});");
        void Column(int set, string value)
        {
            for (int v = 0; v < vectors; v++)
            {
                string at = Lanes((set * vectors) + v);
                Code.Line(IsPair
                    ? $"{Set(v, set)} = {Vector}.MultiplyAdd(ref {weights}, {at}, {block}, {value}, {Set(v, set)});"
                    : $"{Set(v, set)} = SeqLanes.MultiplyAdd(SeqLanes.Load(ref {weights}, {at}), {value}, {Set(v, set)});");
            }
        }

        if (whole > 0)
        {
            Code.Open($"for (nint column = 0; column < {whole}; column += {sets})");
            for (int set = 0; set < sets; set++)
            {
                Code.Line($"SeqVector {operand.Name}{set} = SeqLanes.Broadcast(ref {row}, column{(set == 0 ? "" : $" + {set}")});");
                Column(set, $"{operand.Name}{set}");
            }

            Code.Line($"{weights} = ref SeqUnsafe.Add(ref {weights}, {Lanes(sets * vectors)});");
            Code.Close();
        }

        for (int set = 0; set < columns - whole; set++)
        {
            Column(set, $"SeqLanes.Broadcast(ref {row}, {whole + set})");
        }

        if (columns > whole && !form.Alternates)
        {
            Code.Line($"{weights} = ref SeqUnsafe.Add(ref {weights}, {Lanes((columns - whole) * vectors)});");
        }

        if (IsPair && !form.Alternates)
        {
            // The other block was read along the way.
            Code.Line($"{weights} = ref SeqUnsafe.Add(ref {weights}, ({Vector}.Vectors - 1) * {block});");
        }

        for (int v = 0; v < vectors; v++)
        {
            Code.Line(sets == 2 ? $"{Set(v, 0)} += {Set(v, 1)};" : $"{Set(v, 0)} = ({Set(v, 0)} + {Set(v, 1)}) + ({Set(v, 2)} + {Set(v, 3)});");
        }

        Code.Line();
    }
}
