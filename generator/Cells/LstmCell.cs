using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Cells;

/// <summary>Hochreiter and Schmidhuber 1997, forget gate of Gers et al. 2000; PyTorch's <c>nn.LSTM</c>.</summary>
internal sealed class LstmCell : Cell
{
    public override string Attribute => "Lstm";

    public override string Title => "LSTM";

    public override void Define(CellEquations cell, LayerSpec layer)
    {
        Gate input = cell.Gate("i"), forget = cell.Gate("f"), candidate = cell.Gate("g"), output = cell.Gate("o");
        Expr x = cell.Input;
        Kept h = cell.State("h"), c = cell.State("c");

        Expr i = cell.Let("i", Expr.Sigmoid(input.Of(x, h.Previous)));
        Expr f = cell.Let("f", Expr.Sigmoid(forget.Of(x, h.Previous)));
        Expr g = cell.Let("g", Expr.Tanh(candidate.Of(x, h.Previous)));
        Expr o = cell.Let("o", Expr.Sigmoid(output.Of(x, h.Previous)));
        Expr cNext = cell.Next(c, f * c.Previous + i * g);
        cell.Next(h, o * Expr.Tanh(cNext));
    }
}
