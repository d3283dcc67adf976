using Seq.Embedded.Generator.Tests.Properties.Drawing;

namespace Seq.Embedded.Generator.Tests.Properties.Interpreting;

/// <summary>A drawn spec over the tensors of a file, step by step in doubles. It shares nothing with the generator but the attributes' meaning.</summary>
internal sealed class SpecInterpreter
{
    private readonly DrawnSpec _spec;
    private readonly List<LayerFormula> _layers = [];

    public SpecInterpreter(DrawnSpec spec, Tensors tensors)
    {
        _spec = spec;
        IReadOnlyList<string> names = spec.Names();
        int inputs = spec.Input;
        for (int i = 0; i < spec.Layers.Count; i++)
        {
            DrawnLayer layer = spec.Layers[i];
            LayerFormula formula = layer.Kind.Interpret(new LayerContext(layer, names[i], inputs, layer.IsOpen ? spec.OpenOutputs : layer.Units, tensors));
            _layers.Add(layer.Is("Residual") && !layer.Kind.IsRecurrent ? new ResidualFormula(formula) : formula);
            inputs = layer.Width(inputs);
        }
    }

    /// <summary>The state before the first step.</summary>
    public double[][][] InitialState() => [.. _layers.Select(layer => layer.InitialState())];

    /// <summary>Outputs of a sequence: one row a time step, or one of a many-to-one model; null where the formulas do not say.</summary>
    /// <param name="inputs">The input vectors; of tokens vectors of one value.</param>
    /// <param name="state">State before the first step; receives the one after the last.</param>
    public double[][]? Run(double[][] inputs, double[][][] state)
    {
        double[][] rows = inputs;
        for (int i = 0; i < _layers.Count; i++)
        {
            rows = _layers[i].Forward(rows, state[i], _spec.LookAhead);
            if (i == _spec.EndOfTime && !_spec.Layers[i].Kind.EndsTime)
            {
                double[]? last = rows.Length > 0 ? rows[^1] : _layers[i].OutputOf(state[i]);
                if (last is null)
                {
                    return null;
                }

                rows = [last];
            }
        }

        return rows;
    }

    /// <summary>Outputs of a sequence from the initial state.</summary>
    public double[][]? Run(double[][] inputs) => Run(inputs, InitialState());
}
