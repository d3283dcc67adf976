using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Cells;

/// <summary>Cho et al. 2014 (reset before the product); cuDNN's and PyTorch's <c>nn.GRU</c> (reset after the product).</summary>
internal sealed class GruCell : Cell
{
    public override string Attribute => "Gru";

    public override string Title => "GRU";

    public override IReadOnlyDictionary<string, string[]> Options { get; } = new Dictionary<string, string[]> { ["Reset"] = ["AfterProduct", "BeforeProduct"] };

    public override string Detail(LayerSpec layer) => IsResetFirst(layer) ? " reset before the product" : "";

    public override void Define(CellEquations cell, LayerSpec layer)
    {
        Gate reset = cell.Gate("r"), update = cell.Gate("z"), candidate = cell.Gate("n");
        Expr x = cell.Input;
        Kept h = cell.State("h");

        Expr r = cell.Let("r", Expr.Sigmoid(reset.Of(x, h.Previous)));
        Expr z = cell.Let("z", Expr.Sigmoid(update.Of(x, h.Previous)));
        Expr n = cell.Let("n", IsResetFirst(layer)
            ? Expr.Tanh(candidate.Of(x, r * h.Previous))
            : Expr.Tanh(candidate.Of(x) + r * candidate.Of(h.Previous)));
        cell.Next(h, (1 - z) * n + z * h.Previous);
    }

    private static bool IsResetFirst(LayerSpec layer) => layer.Option("Reset", "AfterProduct") == "BeforeProduct";
}
