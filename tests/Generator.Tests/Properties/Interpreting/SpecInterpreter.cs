using Seq.Embedded.Generator.Tests.Properties.Drawing;

namespace Seq.Embedded.Generator.Tests.Properties.Interpreting;

/// <summary>A drawn spec over the tensors of a file, step by step in doubles. It shares nothing with the generator but the attributes' meaning.</summary>
internal sealed class SpecInterpreter
{
    private readonly DrawnSpec _spec;
    private readonly List<LayerFormula> _layers = [];
    private readonly int _lastRow;

    public SpecInterpreter(DrawnSpec spec, Tensors tensors)
    {
        _spec = spec;
        IReadOnlyList<string> names = spec.Names();
        int inputs = spec.Input;
        for (int i = 0; i < spec.Layers.Count; i++)
        {
            DrawnLayer layer = spec.Layers[i];
            LayerFormula formula = layer.Kind.Interpret(new LayerContext(layer, names[i], inputs, layer.IsOpen ? spec.OpenOutputs : layer.Units, tensors));
            _layers.Add(layer.Is("Residual") && formula is not RecurrentFormula ? new ResidualFormula(formula) : formula);
            inputs = layer.Width(inputs);
            _lastRow = i == spec.EndOfTime && !layer.Kind.EndsTime && formula.OutputOf(formula.InitialState()) is null ? inputs : _lastRow;
        }
    }

    /// <summary>
    /// The state before the first step, layer by layer; then the row that a many-to-one model keeps where no state of a layer is its output,
    /// and the time step within the stride of a stream that can stop within one.
    /// </summary>
    public double[][][] InitialState() => [.. _layers.Select(layer => layer.InitialState()), _lastRow > 0 ? [new double[_lastRow]] : [], _spec.KeepsPhase ? [[0]] : []];

    /// <summary>Outputs of a sequence: one row a time step, or one of a many-to-one model.</summary>
    /// <param name="inputs">The input vectors; of tokens vectors of one value.</param>
    /// <param name="state">State before the first step; receives the one after the last.</param>
    public double[][] Run(double[][] inputs, double[][][] state)
    {
        double[][] rows = inputs;
        if (_spec.KeepsPhase)
        {
            state[^1][0][0] = inputs.Length % _spec.Stride;
        }

        for (int i = 0; i < _layers.Count; i++)
        {
            rows = _layers[i].Forward(rows, state[i], _spec.LookAhead);
            if (i == _spec.EndOfTime && !_spec.Layers[i].Kind.EndsTime)
            {
                rows = [_layers[i].OutputOf(state[i]) ?? KeepLastRow(rows, state[_layers.Count])];
            }
        }

        return rows;
    }

    /// <summary>Outputs of a sequence from the initial state.</summary>
    public double[][] Run(double[][] inputs) => Run(inputs, InitialState());

    private static double[] KeepLastRow(double[][] rows, double[][] state) => state[0] = rows.Length > 0 ? rows[^1] : state[0];
}
