using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Tests.Cells;

/// <summary>The cells as plain double-precision formulas, written from the papers and from PyTorch's documentation, not from the expression graphs.</summary>
internal static class CellFormulas
{
    /// <summary>A weight matrix (H, columns) and a bias (H) times a vector, for gate and operand.</summary>
    public delegate double[] Product(string gate, double[] vector);

    /// <summary>New values of what the cell keeps, in the order of its declaration.</summary>
    public delegate double[][] Formula(Product fromX, Product fromH, double[] x, double[][] previous);

    public static IReadOnlyDictionary<string, (LayerSpec Layer, Formula Formula)> All { get; } = new Dictionary<string, (LayerSpec, Formula)>
    {
        ["rnn tanh"] = (Layer("Rnn", "Activation", "Tanh"), (wx, wh, x, s) => [Map(Math.Tanh, Add(wx("", x), wh("", s[0])))]),
        ["rnn relu"] = (Layer("Rnn", "Activation", "Relu"), (wx, wh, x, s) => [Map(Relu, Add(wx("", x), wh("", s[0])))]),
        ["gru after"] = (Layer("Gru", "Reset", "AfterProduct"), (wx, wh, x, s) => Gru(wx, wh, x, s[0], (r, h) => Times(r, wh("n", h)))),
        ["gru before"] = (Layer("Gru", "Reset", "BeforeProduct"), (wx, wh, x, s) => Gru(wx, wh, x, s[0], (r, h) => wh("n", Times(r, h)))),
        ["lstm"] = (Layer("Lstm"), Lstm),
        ["dense"] = (Layer("Dense", "Activation", "None"), (wx, _, x, _) => [wx("", x)]),
        ["dense relu"] = (Layer("Dense", "Activation", "Relu"), (wx, _, x, _) => [Map(Relu, wx("", x))]),
        ["dense tanh"] = (Layer("Dense", "Activation", "Tanh"), (wx, _, x, _) => [Map(Math.Tanh, wx("", x))]),
        ["dense sigmoid"] = (Layer("Dense", "Activation", "Sigmoid"), (wx, _, x, _) => [Map(Sigmoid, wx("", x))]),
    };

    public static CellProgram Program(string name) =>
        new(Cell.All.Single(cell => cell.Attribute == All[name].Layer.Kind).Equations(All[name].Layer));

    private static LayerSpec Layer(string kind, string option = "", string value = "") =>
        new(kind, 3, 1, null, 0, new(option.Length == 0 ? [] : [new OptionSpec(option, value)]));

    private static double[][] Gru(Product wx, Product wh, double[] x, double[] h, Func<double[], double[], double[]> candidateOfH)
    {
        double[] r = Map(Sigmoid, Add(wx("r", x), wh("r", h))), z = Map(Sigmoid, Add(wx("z", x), wh("z", h)));
        double[] n = Map(Math.Tanh, Add(wx("n", x), candidateOfH(r, h)));
        return [[.. h.Select((value, i) => ((1 - z[i]) * n[i]) + (z[i] * value))]];
    }

    private static double[][] Lstm(Product wx, Product wh, double[] x, double[][] s)
    {
        double[] Gate(string name, Func<double, double> f) => Map(f, Add(wx(name, x), wh(name, s[0])));
        double[] c = Add(Times(Gate("f", Sigmoid), s[1]), Times(Gate("i", Sigmoid), Gate("g", Math.Tanh)));
        return [Times(Gate("o", Sigmoid), Map(Math.Tanh, c)), c];
    }

    private static double Sigmoid(double a) => 1 / (1 + Math.Exp(-a));

    private static double Relu(double a) => Math.Max(a, 0);

    private static double[] Map(Func<double, double> f, double[] a) => [.. a.Select(f)];

    private static double[] Add(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];

    private static double[] Times(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x * y)];
}
