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
    protected List<string> ForwardStatements(CellStage stage, bool saveAll)
    {
        ExpressionPrinter printer = new(Program, stage, backward: false);
        List<string> statements = [];
        foreach (Expr value in stage.Values)
        {
            statements.Add($"SeqVector {stage.VariableName(value)} = {printer.Value(value)};");
        }

        foreach (Kept kept in stage.Kept)
        {
            statements.Add($"SeqLanes.Store({printer.Print(kept.Next)}, ref {NextRow(kept)}, unit);");
        }

        foreach (CellOperand operand in stage.ComputedOperands)
        {
            statements.Add($"SeqLanes.Store({printer.Print(operand.Vector)}, ref {ComputedRow(operand)}, unit);");
        }

        IEnumerable<Expr> saved = SavedBy(stage)
            .Where(e => saveAll || Program.Stages.Skip(stage.Index + 1).Any(later => later.ValuesReadFromEarlierStages().Contains(e)));
        foreach (Expr e in saved)
        {
            statements.Add(StoreSlot(printer.Print(e), Program.Saved[e]));
        }

        IEnumerable<string> loads = printer.PreviousRead.Select(kept => $"SeqVector {kept.Name} = SeqLanes.Load(ref {kept.Name}Row, unit);")
            .Concat(printer.SavedRead.Select(e => $"SeqVector {stage.VariableName(e)} = {LoadSlot(Program.Saved[e])};"));
        return [.. loads, .. statements];
    }

    /// <summary>Values that a stage computes and the backward pass, or a later stage, reads.</summary>
    protected IEnumerable<Expr> SavedBy(CellStage stage) => Program.Saved.Keys.Where(e => Program.Level(e) == stage.Index);

    protected static string NextRow(Kept kept) => kept.IsState ? kept.Name + "NextRow" : kept.Name + "Row";

    protected static string ComputedRow(CellOperand operand) => $"m{Names.Number(operand.Index)}Row";

    protected string LoadSlot(int slot) => $"SeqLanes.Load(ref slots, {SlotOffset(slot)})";

    protected string StoreSlot(string value, int slot) => $"SeqLanes.Store({value}, ref slots, {SlotOffset(slot)});";

    private string SlotOffset(int slot)
    {
        string block = Program.Slots == 1 ? "unit" : $"{Names.Number(Program.Slots)} * unit";
        string inSum = Program.Slots == 1 ? block : $"({block})";
        return slot switch
        {
            0 => block,
            1 => $"{inSum} + {Lanes(1)}",
            _ => $"{inSum} + ({Lanes(slot)})",
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
