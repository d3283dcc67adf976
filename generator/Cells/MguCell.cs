using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Cells;

/// <summary>The minimal gated unit: Zhou et al. 2016, "Minimal gated unit for recurrent neural networks", equations 7 to 9.</summary>
internal sealed class MguCell : RecurrentCell
{
    public override string Attribute => "Mgu";

    public override string Title => "MGU";

    public override void Define(CellEquations cell, LayerSpec layer)
    {
        Gate forget = cell.Gate("f"), candidate = cell.Gate("n");
        Expr x = cell.Input;
        Kept h = cell.State("h");

        Expr f = cell.Let("f", Expr.Sigmoid(forget.Of(x, h.Previous)));
        Expr n = cell.Let("n", Expr.Tanh(candidate.Of(x, f * h.Previous)));
        cell.Next(h, (1 - f) * h.Previous + f * n);
    }
}
