using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Tests.Cells;

/// <summary>The cells as plain double-precision formulas, written from the papers and from PyTorch's documentation, not from the expression graphs.</summary>
internal static class CellFormulas
{
    /// <summary>A weight matrix (H, columns) and a bias (H) times a vector, for gate and operand.</summary>
    public delegate double[] Product(string gate, double[] vector);

    /// <summary>A trained vector, or a scalar as a vector of one, by its name in the equations.</summary>
    public delegate double[] Trained(string name);

    /// <summary>New values of what the cell keeps, in the order of its declaration.</summary>
    public delegate double[][] Formula(Product fromX, Product fromH, Trained trained, double[] x, double[][] previous);

    public static IReadOnlyDictionary<string, (LayerSpec Layer, Formula Formula)> All { get; } = new Dictionary<string, (LayerSpec, Formula)>
    {
        ["rnn tanh"] = (Layer("Rnn", "Activation", "Tanh"), (wx, wh, _, x, s) => [Map(Math.Tanh, Add(wx("", x), wh("", s[0])))]),
        ["rnn relu"] = (Layer("Rnn", "Activation", "Relu"), (wx, wh, _, x, s) => [Map(Relu, Add(wx("", x), wh("", s[0])))]),
        ["gru after"] = (Layer("Gru", "Reset", "AfterProduct"), (wx, wh, _, x, s) => Gru(wx, wh, x, s[0], (r, h) => Times(r, wh("n", h)))),
        ["gru before"] = (Layer("Gru", "Reset", "BeforeProduct"), (wx, wh, _, x, s) => Gru(wx, wh, x, s[0], (r, h) => wh("n", Times(r, h)))),
        ["gru without reset"] = (Layer("Gru", "Reset", "None"), (wx, wh, _, x, s) =>
            [Mix(Map(Sigmoid, Add(wx("z", x), wh("z", s[0]))), Map(Math.Tanh, Add(wx("n", x), wh("n", s[0]))), s[0])]),
        ["gru normalised"] = (Layer("Gru", "Normalize", "True"), (wx, wh, p, x, s) =>
        {
            Product ofX = Normalised(wx, p, "i", "r", "z", "n"), ofH = Normalised(wh, p, "h", "r", "z", "n");
            return Gru(ofX, ofH, x, s[0], (r, h) => Times(r, ofH("n", h)));
        }),
        ["lstm"] = (Layer("Lstm"), (wx, wh, p, x, s) => Lstm(wx, wh, p, x, s)),
        ["lstm peepholes"] = (Layer("Lstm", "Peepholes", "True"), (wx, wh, p, x, s) => Lstm(wx, wh, p, x, s, peepholes: true)),
        ["lstm coupled gates"] = (Layer("Lstm", "CoupledGates", "True"), (wx, wh, p, x, s) => Lstm(wx, wh, p, x, s, coupled: true)),
        ["lstm projection"] = (Layer("Lstm", "Projection", "2"), (wx, wh, p, x, s) =>
        {
            double[][] next = Lstm(wx, wh, p, x, s);
            return [wh("", next[0]), next[1]];
        }),
        ["lstm normalised"] = (Layer("Lstm", "Normalize", "True"), (wx, wh, p, x, s) => Lstm(
            Normalised(wx, p, "i", "i", "f", "g", "o"), Normalised(wh, p, "h", "i", "f", "g", "o"), p, x, s,
            before: c => Add(Times(p("a_c"), Normalise(c)), p("b_c")))),
        ["lstm everything"] = (Layer("Lstm", "Normalize", "True", "Peepholes", "True", "CoupledGates", "True", "Projection", "2", "Bias", "False"), (wx, wh, p, x, s) =>
        {
            double[][] next = Lstm(
                Normalised(wx, p, "i", "f", "g", "o"), Normalised(wh, p, "h", "f", "g", "o"), p, x, s,
                peepholes: true, coupled: true, before: c => Times(p("a_c"), Normalise(c)));
            return [wh("", next[0]), next[1]];
        }),
        ["mgu"] = (Layer("Mgu"), (wx, wh, _, x, s) =>
        {
            double[] f = Map(Sigmoid, Add(wx("f", x), wh("f", s[0])));
            return [Mix(f, s[0], Map(Math.Tanh, Add(wx("n", x), wh("n", Times(f, s[0])))))];
        }),
        ["fastgrnn"] = (Layer("FastGrnn"), (wx, wh, p, x, s) =>
        {
            double[] a = Add(wx("", x), wh("", s[0])), z = Map(Sigmoid, Add(a, p("bias_gate"))), n = Map(Math.Tanh, Add(a, p("bias_update")));
            return [[.. z.Select((value, i) => (((Sigmoid(p("zeta")[0]) * (1 - value)) + Sigmoid(p("nu")[0])) * n[i]) + (value * s[0][i]))]];
        }),
        ["dense"] = (Layer("Dense", "Activation", "None"), (wx, _, _, x, _) => [wx("", x)]),
        ["dense relu"] = (Layer("Dense", "Activation", "Relu"), (wx, _, _, x, _) => [Map(Relu, wx("", x))]),
        ["dense tanh"] = (Layer("Dense", "Activation", "Tanh"), (wx, _, _, x, _) => [Map(Math.Tanh, wx("", x))]),
        ["dense sigmoid"] = (Layer("Dense", "Activation", "Sigmoid"), (wx, _, _, x, _) => [Map(Sigmoid, wx("", x))]),
    };

    public static CellProgram Program(string name) =>
        new(Cell.All.Single(cell => cell.Attribute == All[name].Layer.Kind).Equations(All[name].Layer));

    private static LayerSpec Layer(string kind, params string[] options) => new(
        kind, 3, 1, null, 0,
        new(Cell.All.Single(cell => cell.Attribute == kind).Complete(options.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]))));

    private static double[][] Gru(Product wx, Product wh, double[] x, double[] h, Func<double[], double[], double[]> candidateOfH)
    {
        double[] r = Map(Sigmoid, Add(wx("r", x), wh("r", h))), z = Map(Sigmoid, Add(wx("z", x), wh("z", h)));
        double[] n = Map(Math.Tanh, Add(wx("n", x), candidateOfH(r, h)));
        return [Mix(z, n, h)];
    }

    private static double[][] Lstm(
        Product wx, Product wh, Trained p, double[] x, double[][] s, bool peepholes = false, bool coupled = false, Func<double[], double[]>? before = null)
    {
        double[] Sum(string name) => Add(wx(name, x), wh(name, s[0]));
        double[] Gate(string name, double[] cell) => Map(Sigmoid, peepholes ? Add(Sum(name), Times(p("p_" + name), cell)) : Sum(name));
        double[] f = Gate("f", s[1]), i = coupled ? Map(a => 1 - a, f) : Gate("i", s[1]);
        double[] c = Add(Times(f, s[1]), Times(i, Map(Math.Tanh, Sum("g"))));
        return [Times(Gate("o", c), Map(Math.Tanh, before is null ? c : before(c))), c];
    }

    /// <summary>The maps of all gates, normalised together, each with its gain and its bias where there is one.</summary>
    private static Product Normalised(Product maps, Trained p, string map, params string[] gates) => (gate, vector) =>
    {
        double[][] products = [.. gates.Select(name => maps(name, vector))];
        int index = Array.IndexOf(gates, gate), size = products[0].Length;
        double[] value = Times(p($"a_{map}{gate}"), Normalise([.. products.SelectMany(product => product)])[(index * size)..((index + 1) * size)]);
        return gates.Length == 3 && gates[0] == "f" ? value : Add(value, p($"b_{map}{gate}"));
    };

    private static double[] Normalise(double[] values)
    {
        double mean = values.Average(), variance = values.Average(value => (value - mean) * (value - mean));
        return Map(value => (value - mean) / Math.Sqrt(variance + 1e-5), values);
    }

    /// <summary>(1 - z) * a + z * b.</summary>
    private static double[] Mix(double[] z, double[] a, double[] b) => [.. z.Select((value, i) => ((1 - value) * a[i]) + (value * b[i]))];

    private static double Sigmoid(double a) => 1 / (1 + Math.Exp(-a));

    private static double Relu(double a) => Math.Max(a, 0);

    private static double[] Map(Func<double, double> f, double[] a) => [.. a.Select(f)];

    private static double[] Add(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];

    private static double[] Times(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x * y)];
}
