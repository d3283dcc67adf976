using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Plan;

namespace Seq.Embedded.Generator.Emit;

/// <summary>What the kernels of a layer have in common: where values lie, and the element-wise equations of a stage.</summary>
internal abstract class KernelEmitter(CodeWriter code, LayerPlan layer)
{
    protected CodeWriter Code => code;

    protected LayerPlan Layer => layer;

    protected CellProgram Program => layer.Program;

    protected string UnitsParameter => layer.IsOpen ? ", int outputs" : "";

    /// <summary>Reads previous values, computes the stage's values in order and stores what outlives the block.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="saveAll">True to store what the backward pass reads, false for only what a later stage reads.</param>
    /// <param name="pass">The part of the stage's values to compute; null for all of them.</param>
    protected KernelCode ForwardStatements(CellStage stage, bool saveAll, StagePass? pass = null)
    {
        ExpressionPrinter printer = new(Program, stage, backward: false, Functions);
        List<string> statements = [];
        foreach (Expr value in pass?.Values ?? stage.Values)
        {
            statements.Add($"{Vector} {stage.VariableName(value)} = {printer.Value(value)};");
        }

        foreach (Kept kept in pass?.Kept ?? stage.Kept)
        {
            statements.Add(Store(printer.Print(kept.Next), NextRow(kept), "unit"));
        }

        foreach (CellOperand operand in stage.ComputedOperands)
        {
            statements.Add(Store(printer.Print(operand.Vector), ComputedRow(operand), "unit"));
        }

        foreach (Expr e in pass?.HandedOn ?? [])
        {
            statements.Add(StoreSlot(stage, printer.Print(e), pass!.Slots[e]));
        }

        IEnumerable<Expr> saved = SavedBy(stage)
            .Where(e => saveAll || e is Normalised || Program.Stages.Skip(stage.Index + 1).Any(later => later.ValuesReadFromEarlierStages().Contains(e)));
        foreach (Expr e in saved)
        {
            statements.Add(StoreSlot(stage, printer.Print(e is Normalised normalised ? normalised.Value : e), Program.Layout.Saved[e]));
        }

        IEnumerable<string> loads = ParameterLoads(printer)
            .Concat(printer.PreviousRead.Select(kept => $"{Vector} {kept.Name} = {Load(kept.Name + "Row", "unit")};"))
            .Concat(NextLoads(stage, printer))
            .Concat(SavedLoads(stage, printer))
            .Concat(PassLoads(stage, pass, printer));
        List<string> body = [.. loads, .. statements];
        return new KernelCode(UniformStatements(printer), body, [.. stage.Accumulators.Where(accumulator => printer.IsRead(accumulator.Affine))]);
    }

    /// <summary>Values that a stage computes and the backward pass, or a later stage, reads; without the sums that are normalised where they lie.</summary>
    protected IEnumerable<Expr> SavedBy(CellStage stage) => Program.Layout.Saved.Keys.Where(e => Program.Level(e) == stage.Index && !Program.Layout.IsNormalisedInPlace(e));

    /// <summary>Loads of trained vectors: the same for all rows.</summary>
    protected IEnumerable<string> ParameterLoads(ExpressionPrinter printer) =>
        from parameter in printer.ParametersRead
        where !parameter.IsScalar
        let plan = layer.Parameters.Single(plan => plan.Tensor.Vectors.Contains(parameter))
        select $"{Vector} {CellStage.ParameterName(parameter)} = {Load("weights", $"{Names.Number(plan.Offset)} + {VectorOffset(plan.Tensor.Vectors.Count, IndexOf(plan, parameter))}", plan.Tensor.Vectors.Count)};";

    protected IEnumerable<string> NextLoads(CellStage stage, ExpressionPrinter printer) =>
        printer.NextRead.Select(kept => $"{Vector} {stage.VariableName(kept.Next)} = {Load(NextRow(kept), "unit")};");

    protected IEnumerable<string> SavedLoads(CellStage stage, ExpressionPrinter printer) =>
        printer.SavedRead.Select(e => $"{Vector} {stage.VariableName(e)} = {LoadSlot(stage, Program.Layout.Saved[e])};");

    /// <summary>Values that are the same for all units: computed once, before the loop over blocks.</summary>
    protected IReadOnlyList<string> UniformStatements(ExpressionPrinter printer)
    {
        List<string> statements = [];
        foreach (Expr e in printer.UniformRead)
        {
            statements.Add(e is Parameter scalar
                ? $"{Vector} {CellStage.ParameterName(scalar)} = SeqLanes.Broadcast(ref weights, {Names.Number(layer.Parameters.Single(plan => plan.Tensor.Vectors.Contains(scalar)).Offset)});"
                : $"{Vector} {printer.NameOf(e)} = {printer.Value(e)};");
        }

        return statements;
    }

    /// <summary>The calls of the runtime that normalise, for some rows, what the stage before has left in the slots.</summary>
    protected IEnumerable<string> NormaliseCalls(CellStage stage, string rows) =>
        stage.NormalisedBefore.Select(group => $"global::Seq.Embedded.Kernels.LayerNorm.Normalize({NormaliseArguments(group, rows)});");

    /// <summary>The calls that turn gradients of normalised values into those of what was normalised.</summary>
    protected IEnumerable<string> NormaliseGradientCalls(CellStage stage, string rows) =>
        stage.NormalisedAfter.Select(group => $"global::Seq.Embedded.Kernels.LayerNorm.Gradient({NormaliseArguments(group, rows)}, gradientSlot: {Names.Number(Program.Layout.InOrder(group).Min(result => Program.Layout.Adjoints[result]))});");

    private string NormaliseArguments(Normalisation group, string rows)
    {
        CellSpace space = Program.SpaceOf(group.Results[0])!;
        int first = group.Results.Min(result => Program.Layout.Saved[result]);
        return $"ref slots, {rows}, slots: {Names.Number(Program.Layout.Count(space))}, firstSlot: {Names.Number(first)}, vectors: {Names.Number(group.Values.Count)}, scaleSlot: {Names.Number(Program.Layout.Scales[group])}, units: {Names.Units(layer, space)}";
    }

    /// <summary>Loads of what earlier loops over the blocks computed.</summary>
    private IEnumerable<string> PassLoads(CellStage stage, StagePass? pass, ExpressionPrinter printer) => (pass?.Earlier ?? []).Where(printer.IsRead).Select(e =>
        $"{Vector} {stage.VariableName(e)} = {(Program.KeptWithNext(e) is { } kept ? Load(NextRow(kept), "unit") : LoadSlot(stage, pass!.Slots[e]))};");

    private static int IndexOf(ParameterPlan plan, Parameter parameter) => plan.Tensor.Vectors.ToList().IndexOf(parameter);

    protected static string NextRow(Kept kept) => kept.IsState ? kept.Name + "NextRow" : kept.Name + "Row";

    protected static string ComputedRow(CellOperand operand) => $"m{Names.Number(operand.Index)}Row";

    /// <summary>The type of a value of the units that a kernel computes at once.</summary>
    protected virtual string Vector => Names.Vector;

    /// <summary>What the functions of such values belong to.</summary>
    protected virtual string Functions => Names.Math;

    /// <summary>Such a value from a row that holds so many vectors a block of units.</summary>
    protected virtual string Load(string row, string offset, int vectors = 1) => $"SeqLanes.Load(ref {row}, {offset})";

    protected virtual string Store(string value, string row, string offset, int vectors = 1) => $"SeqLanes.Store({value}, ref {row}, {offset});";

    protected string LoadSlot(CellStage stage, int slot) => Load("slots", SlotOffset(stage, slot), Program.Layout.Count(stage.Space));

    protected string StoreSlot(CellStage stage, string value, int slot) => Store(value, "slots", SlotOffset(stage, slot), Program.Layout.Count(stage.Space));

    private string SlotOffset(CellStage stage, int slot) => VectorOffset(Program.Layout.Count(stage.Space), slot, inSum: false);

    /// <summary>Where, among several vectors a block, the block's part of one of them begins.</summary>
    private static string VectorOffset(int vectors, int index, bool inSum = true)
    {
        string block = vectors == 1 ? "unit" : $"{Names.Number(vectors)} * unit";
        string first = vectors == 1 ? block : $"({block})";
        return index switch
        {
            0 => inSum ? first : block,
            1 => $"{first} + {Lanes(1)}",
            _ => $"{first} + ({Lanes(index)})",
        };
    }

    /// <summary>The floats of some vectors.</summary>
    protected static string Lanes(int vectors) => vectors switch
    {
        0 => "0",
        1 => Names.Count,
        _ => $"{Names.Number(vectors)} * {Names.Count}",
    };
}

/// <summary>The text of a kernel's inner part.</summary>
/// <param name="Head">Statements before the loop over rows and blocks.</param>
/// <param name="Body">Statements for one block of units.</param>
/// <param name="Sums">The sums that the body reads.</param>
internal sealed record KernelCode(IReadOnlyList<string> Head, IReadOnlyList<string> Body, IReadOnlyList<Accumulator> Sums);
