using Seq.Embedded.Generator.Diagnostics;
using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Cells;

/// <summary>
/// Cho et al. 2014 (reset before the product); cuDNN's and PyTorch's <c>nn.GRU</c> (reset after the product); without the reset gate the simplified GRU.
/// Normalised as Ba, Kiros and Hinton 2016 do.
/// </summary>
internal sealed class GruCell : RecurrentCell
{
    public override string Attribute => "Gru";

    public override string Title => "GRU";

    public override IEnumerable<CellFailure> Check(LayerSpec layer) =>
        layer.Has("Normalize") && layer.Option("Reset", "AfterProduct") is var reset && reset != "AfterProduct"
            ? [new CellFailure(Descriptors.OptionsExclude, "Normalize", ["Normalize = true", $"Reset = {reset}", "Reset = AfterProduct"], "false")]
            : [];

    protected override IReadOnlyDictionary<string, string[]> OwnOptions { get; } = new Dictionary<string, string[]>
    {
        ["Reset"] = ["AfterProduct", "BeforeProduct", "None"],
        ["Normalize"] = OffByDefault,
    };

    protected override string OwnDetail(LayerSpec layer) => layer.Option("Reset", "AfterProduct") switch
    {
        "BeforeProduct" => " reset before the product",
        "None" => " without reset",
        _ => layer.Has("Normalize") ? " normalised" : "",
    };

    public override void Define(CellEquations cell, LayerSpec layer)
    {
        bool normalised = layer.Has("Normalize");
        string where = layer.Option("Reset", "AfterProduct");
        Gate Declare(string name) => cell.Gate(name, cell.Units, cell.HasBias && !normalised);
        Gate? reset = where == "None" ? null : Declare("r");
        Gate update = Declare("z"), candidate = Declare("n");
        Expr x = cell.Input;
        Kept h = cell.State("h");

        NormalisedMaps? ofX = normalised ? NormalisedMaps.OfInput(cell) : null, ofH = normalised ? NormalisedMaps.OfState(cell) : null;
        Expr Sum(Gate gate) => normalised ? ofX![gate] + ofH![gate] : gate.Of(x, h.Previous);

        Expr? r = reset is null ? null : cell.Let("r", Expr.Sigmoid(Sum(reset)));
        Expr z = cell.Let("z", Expr.Sigmoid(Sum(update)));
        Expr n = cell.Let("n", Expr.Tanh(where switch
        {
            "None" => Sum(candidate),
            "BeforeProduct" => candidate.Of(x, r! * h.Previous),
            _ when normalised => ofX![candidate] + r! * ofH![candidate],
            _ => candidate.Of(x) + r! * candidate.Of(h.Previous),
        }));
        cell.Next(h, (1 - z) * n + z * h.Previous);
    }
}
