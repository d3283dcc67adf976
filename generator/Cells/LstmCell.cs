using System.Globalization;
using Seq.Embedded.Generator.Diagnostics;
using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Cells;

/// <summary>
/// Hochreiter and Schmidhuber 1997, forget gate of Gers et al. 2000; PyTorch's <c>nn.LSTM</c>. Peepholes: Gers and Schmidhuber 2000.
/// Coupled gates: Greff et al. 2017 (CIFG). Projection: Sak et al. 2014, PyTorch's <c>proj_size</c>. Normalised as Ba, Kiros and Hinton 2016 do.
/// </summary>
internal sealed class LstmCell : RecurrentCell
{
    public override string Attribute => "Lstm";

    public override string Title => "LSTM";

    public override IReadOnlyDictionary<string, OptionRange> Ranges { get; } = new Dictionary<string, OptionRange> { ["Projection"] = new(0, 16_384, 0) };

    public override IReadOnlyList<string> InitialValues { get; } = ["ForgetBias"];

    public override IEnumerable<CellFailure> Check(LayerSpec layer)
    {
        int units = layer.Units ?? 0, projection = layer.Number("Projection");
        if (projection >= units && projection > 0 && units > 0)
        {
            string largest = Numbers.Text(units - 1);
            yield return new CellFailure(
                Descriptors.SizeOutOfRange, "Projection", ["Projection", Numbers.Text(projection), $"0 (none) to {largest}, less than the size of the layer"],
                largest.Replace(',', '_'));
        }

        if (ForgetBias(layer) is not { } bias)
        {
            yield break;
        }

        if (float.IsNaN((float)bias) || float.IsInfinity((float)bias))
        {
            yield return new CellFailure(Descriptors.NotFinite, "ForgetBias", ["ForgetBias", bias.ToString("R", CultureInfo.InvariantCulture)], "1");
        }

        if (!layer.Has("Bias", true))
        {
            yield return new CellFailure(Descriptors.OptionsExclude, "ForgetBias", ["ForgetBias", "Bias = false", "Bias = true"]);
        }
    }

    protected override IReadOnlyDictionary<string, string[]> OwnOptions { get; } = new Dictionary<string, string[]>
    {
        ["Peepholes"] = OffByDefault,
        ["CoupledGates"] = OffByDefault,
        ["Normalize"] = OffByDefault,
    };

    protected override string OwnDetail(LayerSpec layer) =>
        (layer.Has("Peepholes") ? " peepholes" : "") + (layer.Has("CoupledGates") ? " coupled gates" : "") + (layer.Has("Normalize") ? " normalised" : "")
        + (layer.Number("Projection") > 0 ? $" of {Numbers.Text(layer.Units!.Value)} units projected" : "");

    public override void Define(CellEquations cell, LayerSpec layer)
    {
        bool peepholes = layer.Has("Peepholes"), coupled = layer.Has("CoupledGates"), normalised = layer.Has("Normalize");
        Gate Declare(string name) => cell.Gate(name, cell.Units, cell.HasBias && !normalised);
        Gate? input = coupled ? null : Declare("i");
        Gate forget = Declare("f"), candidate = Declare("g"), output = Declare("o");
        forget.InitialBias = ForgetBias(layer);
        CellSpace? projected = layer.Number("Projection") is var size && size > 0 ? cell.Space(size) : null;
        Expr x = cell.Input;
        Kept h = cell.State("h", projected), c = cell.State("c");

        IReadOnlyList<Parameter> p = !peepholes ? [] : cell.Parameters("peephole_l#", coupled ? [("p_f", null), ("p_o", null)] : [("p_i", null), ("p_f", null), ("p_o", null)]);
        NormalisedMaps? ofX = normalised ? NormalisedMaps.OfInput(cell) : null, ofH = normalised ? NormalisedMaps.OfState(cell) : null;
        Expr Sum(Gate gate) => normalised ? ofX![gate] + ofH![gate] : gate.Of(x, h.Previous);
        Expr Gated(Gate gate, int fromEnd, Expr cell) => Expr.Sigmoid(peepholes ? Sum(gate) + p[p.Count - fromEnd] * cell : Sum(gate));

        Expr? i = input is null ? null : cell.Let("i", Gated(input, 3, c.Previous));
        Expr f = cell.Let("f", Gated(forget, 2, c.Previous));
        i ??= cell.Let("i", 1 - f);
        Expr g = cell.Let("g", Expr.Tanh(Sum(candidate)));
        Expr Output(Expr cNext) => cell.Let("o", Gated(output, 1, cNext));

        // A peephole of the output gate reads c', so there the output gate comes last.
        Expr? o = peepholes ? null : Output(c.Previous);
        Expr cNext = cell.Next(c, f * c.Previous + i * g);
        o ??= Output(cNext);
        Expr result = o * Expr.Tanh(normalised ? NormalisedMaps.Of(cell, "c", cNext) : cNext);
        cell.Next(h, projected is null ? result : cell.Gate("", projected, hasBias: false).Of(result));
    }

    private static double? ForgetBias(LayerSpec layer) =>
        layer.Option("ForgetBias", "") is var text && text.Length > 0 ? double.Parse(text, CultureInfo.InvariantCulture) : null;
}
