using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Cells;

/// <summary>
/// FastGRNN: Kusupati et al. 2018, section 3.2, with full matrices: gate and candidate share their products, and two scalars weigh the update.
/// A new model starts as the authors' does: biases 1, zeta 1, nu -4.
/// </summary>
internal sealed class FastGrnnCell : RecurrentCell
{
    public override string Attribute => "FastGrnn";

    public override string Title => "FastGRNN";

    public override void Define(CellEquations cell, LayerSpec layer)
    {
        Gate products = cell.Gate("", cell.Units, hasBias: false);
        Expr x = cell.Input;
        Kept h = cell.State("h");
        Expr WithBias(Expr sum, string name) => cell.HasBias ? sum + cell.Parameter(name, 1) : sum;

        Expr a = cell.Let("a", products.Of(x, h.Previous));
        Expr z = cell.Let("z", Expr.Sigmoid(WithBias(a, "bias_gate")));
        Expr n = cell.Let("n", Expr.Tanh(WithBias(a, "bias_update")));
        Expr zeta = cell.Scalar("zeta", 1), nu = cell.Scalar("nu", -4);
        cell.Next(h, (Expr.Sigmoid(zeta) * (1 - z) + Expr.Sigmoid(nu)) * n + z * h.Previous);
    }
}
