using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Cells;

/// <summary>Elman 1990; PyTorch's <c>nn.RNN</c>.</summary>
internal sealed class RnnCell : RecurrentCell
{
    public override string Attribute => "Rnn";

    public override string Title => "RNN";

    protected override IReadOnlyDictionary<string, string[]> OwnOptions { get; } = new Dictionary<string, string[]> { ["Activation"] = ["Tanh", "Relu"] };

    protected override string OwnDetail(LayerSpec layer) => " " + layer.Option("Activation", "Tanh").ToLowerInvariant();

    public override void Define(CellEquations cell, LayerSpec layer)
    {
        Gate a = cell.Gate("");
        Expr x = cell.Input;
        Kept h = cell.State("h");

        Expr sum = a.Of(x, h.Previous);
        cell.Next(h, layer.Option("Activation", "Tanh") == "Relu" ? Expr.Relu(sum) : Expr.Tanh(sum));
    }
}
