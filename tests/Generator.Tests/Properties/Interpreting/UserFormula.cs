using Seq.Embedded.Generator.Tests.Properties.Drawing;

namespace Seq.Embedded.Generator.Tests.Properties.Interpreting;

/// <summary>A cell of drawn equations, line by line.</summary>
internal sealed class UserFormula : CellFormula
{
    private readonly DrawnEquations _equations;
    private readonly double[]? _cellWeight, _cellBias;
    private readonly Dictionary<string, double[]> _trained;

    public UserFormula(LayerContext context, string suffix, int inputs, DrawnEquations equations)
        : base(context, suffix, inputs, equations.Gates.Count(gate => gate.ReadsInput), equations.Gates.Count(gate => gate.Hidden is not null))
    {
        _equations = equations;
        if (equations.Gates.Any(gate => gate.ReadsCell))
        {
            _cellWeight = context.Tensor($"weight_ch_{suffix}", context.Units, context.Units);
            _cellBias = context.Layer.Is("Bias") ? context.Tensor($"bias_ch_{suffix}", context.Units) : null;
        }

        _trained = equations.Parameters.ToDictionary(name => name, name => context.Tensor($"{name}_{suffix}", context.Units));
        foreach (string name in equations.Scalars)
        {
            _trained[name] = context.Tensor($"{name}_{suffix}", 1);
        }
    }

    public override (string Name, int Size)[] States => _equations.HasCell ? [("h", Context.Units), ("c", Context.Units)] : [("h", Context.Units)];

    public override double[][] Step(double[] x, double[][] state)
    {
        Dictionary<string, double[]> scope = new(_trained) { ["h"] = state[0] };
        if (_equations.HasCell)
        {
            scope["c"] = state[1];
        }

        double[][] fromInput = FromInput(x);
        int inputs = 0, hiddens = 0;
        foreach (DrawnEquations.DrawnGate gate in _equations.Gates)
        {
            double[] zero = new double[Context.Units];
            double[] a = gate.ReadsInput ? fromInput[inputs++] : zero, b = gate.Hidden is null ? zero : FromHidden(gate.Hidden.Value(scope))[hiddens++];
            double[] c = gate.ReadsCell ? Vectors.Affine(_cellWeight!, _cellBias, state[1]) : zero;
            scope[gate.Gate] = Units(i => a[i] + b[i] + c[i]);
            scope[gate.Name] = gate.Value.Value(scope);
        }

        return _equations.NextCell is { } nextCell ? [_equations.Next.Value(scope), nextCell.Value(scope)] : [_equations.Next.Value(scope)];
    }
}
