using System.Globalization;
using Seq.Embedded.Generator.Tests.Properties.Interpreting;

namespace Seq.Embedded.Generator.Tests.Properties.Drawing;

/// <summary>
/// The equations of a cell as a user writes them, drawn: C# text, and beside each piece of it what it computes. The values v1, v2, ... are gates with
/// drawn terms beside them; h' and, where there is one, c' are made of all of them and stay within +-1 where c does.
/// </summary>
internal sealed class DrawnEquations
{
    private static readonly string[] Functions = ["Sigmoid", "Tanh", "Relu", ""];

    private readonly Random _random;
    private readonly List<string> _vectors = ["h"];
    private readonly List<string> _parameters = [];
    private readonly List<string> _scalars = [];

    /// <param name="seed">What is drawn.</param>
    /// <param name="gates">Number of gates, 1 to 3; fewer are the first of more.</param>
    public DrawnEquations(int seed, int gates)
    {
        Name = string.Create(CultureInfo.InvariantCulture, $"Drawn{seed}With{gates}Gates");
        _random = new Random(seed);
        HasCell = _random.Next(2) == 0;
        if (HasCell)
        {
            _vectors.Add("c");
        }

        List<string> lines = [HasCell ? "Vector x = cell.Input, h = cell.State(\"h\"), c = cell.State(\"c\");" : "Vector x = cell.Input, h = cell.State(\"h\");"];
        for (int i = 1; i <= gates; i++)
        {
            DrawnGate gate = DrawGate(i, isLast: i == gates);
            Gates.Add(gate);
            lines.Add($"Vector {gate.Name} = {gate.Value.Source};");
            _vectors.Add(gate.Name);
        }

        Term all = Gates.Select(gate => Named(gate.Name)).Aggregate((a, b) => Binary("+", a, b));
        Next = Function("Tanh", Binary("+", HasCell ? Binary("*", all, Named("c")) : all, DrawTerm(2)));
        if (HasCell)
        {
            NextCell = Binary("+", Binary("*", Named("v1"), Named("c")), Binary("*", Binary("-", Number(1), Named("v1")), Function("Tanh", Binary("+", all, DrawTerm(2)))));
            lines.Add($"cell.Next(c, {NextCell.Source});");
        }

        lines.Add($"cell.Next(h, {Next.Source});");
        Declaration = $$"""
            /// <summary>A drawn cell.</summary>
            public sealed class {{Name}}Attribute(int units) : Seq.Embedded.Cells.CellAttribute(units)
            {
                /// <summary>Its equations.</summary>
                public static void Equations(Cell cell)
                {
                    {{string.Join("\n        ", lines)}}
                }
            }

            """;
    }

    public string Name { get; }

    /// <summary>The class as C# source.</summary>
    public string Declaration { get; }

    /// <summary>True when there is a second state.</summary>
    public bool HasCell { get; }

    public List<DrawnGate> Gates { get; } = [];

    /// <summary>c' where there is a second state.</summary>
    public Term? NextCell { get; }

    /// <summary>h'.</summary>
    public Term Next { get; }

    /// <summary>Trained vectors.</summary>
    public IReadOnlyList<string> Parameters => _parameters;

    /// <summary>Trained numbers.</summary>
    public IReadOnlyList<string> Scalars => _scalars;

    /// <summary>The first gate maps x and h, so that no cell is without; only the last one maps c, so that all sums can be ordered.</summary>
    private DrawnGate DrawGate(int number, bool isLast)
    {
        bool readsInput = number == 1 || _random.Next(3) > 0, readsCell = _random.Next(2) == 0;
        Term? hidden = number == 1 || _random.Next(2) == 0 ? Named("h") : _random.Next(2) == 0 ? Binary("*", Named($"v{number - 1}"), Named("h")) : null;
        readsCell = HasCell && isLast && readsCell;
        hidden ??= readsInput || readsCell ? null : Named("h");
        IEnumerable<string> operands = ((string?[])[readsInput ? "x" : null, hidden?.Source, readsCell ? "c" : null]).OfType<string>();
        string gate = $"g{number}";
        Term sum = new($"cell.Affine(\"{gate}\", {string.Join(", ", operands)})", scope => scope[gate]);
        Term value = Binary(_random.Next(2) == 0 ? "+" : "-", sum, DrawTerm(2));
        return new DrawnGate($"v{number}", gate, readsInput, hidden, readsCell, Function(number == 1 ? "Sigmoid" : Functions[_random.Next(Functions.Length)], value));
    }

    private Term DrawTerm(int depth)
    {
        Term Below() => DrawTerm(depth - 1);
        return depth == 0 || _random.Next(4) == 0
            ? _random.Next(4) switch
            {
                0 => Trained(_parameters, "Parameter", "p"),
                1 => Binary("*", Trained(_scalars, "Scalar", "s"), Named(DrawVector())),
                _ => Named(DrawVector()),
            }
            : _random.Next(6) switch
            {
                0 => Binary("+", Below(), Below()),
                1 => Binary("-", Below(), Number(0.5)),
                2 => Binary("*", Below(), Below()),
                3 => Binary("*", Number(-0.75), Below()),
                4 => Negative(Below()),
                _ => Function(Functions[_random.Next(3)], Below()),
            };
    }

    private string DrawVector() => _vectors[_random.Next(_vectors.Count)];

    private static Term Trained(List<string> names, string member, string prefix)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{prefix}{names.Count + 1}");
        names.Add(name);
        return new Term($"cell.{member}(\"{name}\")", scope => scope[name]);
    }

    private static Term Named(string name) => new(name, scope => scope[name]);

    private static Term Number(double value) => new(value.ToString("R", CultureInfo.InvariantCulture), _ => [value]);

    private static Term Negative(Term term) => new($"(-{term.Source})", scope => [.. term.Value(scope).Select(value => -value)]);

    private static Term Function(string name, Term term) => name.Length == 0
        ? term
        : new Term($"{name}({term.Source})", scope => Vectors.Activate($"Activation.{name}", term.Value(scope)));

    /// <summary>Unit by unit; one number stands for all units.</summary>
    private static Term Binary(string sign, Term left, Term right) => new($"({left.Source} {sign} {right.Source})", scope =>
    {
        double[] a = left.Value(scope), b = right.Value(scope);
        return Vectors.Map(Math.Max(a.Length, b.Length), i =>
        {
            double x = a[i % a.Length], y = b[i % b.Length];
            return sign switch { "+" => x + y, "-" => x - y, _ => x * y };
        });
    });

    /// <param name="Source">C# text.</param>
    /// <param name="Value">What it computes from the values by their names.</param>
    internal sealed record Term(string Source, Func<IReadOnlyDictionary<string, double[]>, double[]> Value);

    /// <param name="Name">The variable.</param>
    /// <param name="Gate">The gate's name.</param>
    /// <param name="ReadsInput">Whether it maps x.</param>
    /// <param name="Hidden">The vector that it maps as it would h, or null.</param>
    /// <param name="ReadsCell">Whether it maps c.</param>
    /// <param name="Value">The variable's value.</param>
    internal sealed record DrawnGate(string Name, string Gate, bool ReadsInput, Term? Hidden, bool ReadsCell, Term Value);
}
