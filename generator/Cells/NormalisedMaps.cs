namespace Seq.Embedded.Generator.Cells;

/// <summary>
/// The maps of one vector for all gates, normalised together, each with gain and bias (Ba, Kiros and Hinton 2016, section 3.1): <c>a * norm(W x) + b</c>.
/// </summary>
internal sealed class NormalisedMaps
{
    private readonly IReadOnlyList<Expr> _values;

    /// <param name="cell">The cell.</param>
    /// <param name="map">Name of the maps in tensors: ih, hh, or c for a value that no weights multiply.</param>
    /// <param name="names">Names of the values in the equations, behind <c>a_</c> and <c>b_</c>.</param>
    /// <param name="values">What is normalised.</param>
    /// <param name="initialBias">The biases of a new model.</param>
    private NormalisedMaps(CellEquations cell, string map, IReadOnlyList<string> names, Expr[] values, Func<int, double> initialBias)
    {
        IReadOnlyList<Expr> normalised = cell.Normalise(values);
        IReadOnlyList<Parameter> gains = cell.Parameters($"norm_{map}_l#.weight", [.. names.Select(name => ("a_" + name, (double?)1))]);
        IReadOnlyList<Parameter> biases = cell.HasBias
            ? cell.Parameters($"norm_{map}_l#.bias", [.. names.Select((name, i) => ("b_" + name, (double?)initialBias(i)))])
            : [];
        _values = [.. normalised.Select((value, i) => cell.HasBias ? (gains[i] * value) + biases[i] : gains[i] * value)];
    }

    public Expr this[Gate gate] => _values[gate.Index];

    /// <summary>The maps of x.</summary>
    public static NormalisedMaps OfInput(CellEquations cell) =>
        new(cell, "ih", [.. cell.Gates.Select(gate => "i" + gate.Name)], [.. cell.Gates.Select(gate => gate.Of(cell.Input))], i => cell.Gates[i].InitialBias ?? 0);

    /// <summary>The maps of the previous output.</summary>
    public static NormalisedMaps OfState(CellEquations cell) =>
        new(cell, "hh", [.. cell.Gates.Select(gate => "h" + gate.Name)], [.. cell.Gates.Select(gate => gate.Of(cell.Output.Previous))], _ => 0);

    /// <summary>A value alone.</summary>
    public static Expr Of(CellEquations cell, string name, Expr value) => new NormalisedMaps(cell, name, [name], [value], _ => 0)._values[0];
}
