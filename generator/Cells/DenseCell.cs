using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Cells;

/// <summary>A fully connected layer: a cell without states. Softmax, which looks across units, follows on the finished row.</summary>
internal class DenseCell : Cell
{
    public override string Attribute => "Dense";

    public override string Title => "Dense";

    public override IReadOnlyDictionary<string, string[]> Options { get; } = new Dictionary<string, string[]> { ["Activation"] = ["None", "Relu", "Tanh", "Sigmoid", "Softmax"], ["Bias"] = ["True", "False"] };

    public override string TensorName(string part, CellOperand operand, int layer) => part;

    public override int InitialFan(int inputs, int units) => inputs;

    public override string Detail(LayerSpec layer) =>
        (OutputActivation(layer) is var activation && activation == "None" ? "" : " " + activation.ToLowerInvariant()) + (layer.Has("Bias", true) ? "" : " without bias");

    public override string OutputActivation(LayerSpec layer) => layer.Option("Activation", "None");

    public override void Define(CellEquations cell, LayerSpec layer)
    {
        Expr sum = cell.Gate("").Of(cell.Input);
        cell.Next(cell.Value("y"), OutputActivation(layer) switch
        {
            "Relu" => Expr.Relu(sum),
            "Tanh" => Expr.Tanh(sum),
            "Sigmoid" => Expr.Sigmoid(sum),
            _ => sum,
        });
    }
}
