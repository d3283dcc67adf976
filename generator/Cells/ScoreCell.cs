using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Cells;

/// <summary>The vector v of the additive score of attention: a table of one row. It is no layer that an attribute declares, and attention has kernels of its own.</summary>
internal sealed class ScoreCell : Cell
{
    public override string Attribute => "Score";

    public override string Title => "Score";

    public override bool IsTable => true;

    public override string TensorName(string part, CellOperand operand, int layer) => part;

    public override void Define(CellEquations cell, LayerSpec layer) => cell.Next(cell.Value("y"), cell.Gate("", cell.Units, hasBias: false).Of(cell.Input));
}
