using Seq.Embedded.Generator.Cells;

namespace Seq.Embedded.Generator.Tests.Cells;

/// <summary>
/// The expression graph of each cell, evaluated in double precision, against the formulas; and the backward statements that are derived
/// from it against central differences of the formulas.
/// </summary>
public class GradientTests
{
    private const int Inputs = 2;
    private const int Units = 3;

    public static TheoryData<string> Names => [.. CellFormulas.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Graph_computes_the_formula(string name)
    {
        Case test = new(name);
        double[][] expected = test.Formula(), actual = test.Graph();
        Assert.Equal(expected.Length, actual.Length);
        for (int k = 0; k < expected.Length; k++)
        {
            for (int i = 0; i < expected[k].Length; i++)
            {
                Assert.True(Math.Abs(expected[k][i] - actual[k][i]) < 1e-14, $"{name}: kept value {k}, unit {i}: expected {expected[k][i]:R}, actual {actual[k][i]:R}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Backward_is_the_derivative_of_the_formula(string name)
    {
        Case test = new(name);
        test.Graph();
        test.Backward();
        foreach ((string place, double[] values, double[] gradient) in test.Differentiated())
        {
            for (int i = 0; i < values.Length; i++)
            {
                const double Width = 1e-6;
                double value = values[i];
                values[i] = value + Width;
                double above = test.Loss();
                values[i] = value - Width;
                double below = test.Loss();
                values[i] = value;
                double expected = (above - below) / (2 * Width);
                Assert.True(Math.Abs(expected - gradient[i]) < 1e-8, $"{name}: d loss / d {place}[{i}]: expected {expected:R}, actual {gradient[i]:R}");
            }
        }
    }

    /// <summary>One cell with random weights, inputs and states, and a loss that weighs every kept value.</summary>
    private sealed class Case
    {
        private readonly CellProgram _program;
        private readonly CellFormulas.Formula _formula;
        private readonly Random _random;
        private readonly double[] _x;
        private readonly double[][] _previous;
        private readonly double[][] _lossWeights;
        private readonly double[][] _previousGradients;
        private readonly double[] _xGradient = new double[Inputs];
        private readonly Dictionary<string, double[]> _weights = [];
        private readonly Dictionary<string, double[]> _weightGradients = [];
        private readonly Dictionary<string, double[]> _trained = [];
        private readonly Dictionary<string, double[]> _trainedGradients = [];
        private readonly Dictionary<Expr, double[]> _values = [];

        public Case(string name)
        {
            _program = CellFormulas.Program(name);
            _formula = CellFormulas.All[name].Formula;
            _random = new Random(7);
            _x = Draw(Inputs);
            int kept = _program.Equations.Kept.Count;
            _previous = [.. Enumerable.Range(0, kept).Select(i => Draw(Size(_program.Equations.Kept[i].Space)))];
            _lossWeights = [.. Enumerable.Range(0, kept).Select(i => Draw(_previous[i].Length))];
            _previousGradients = [.. Enumerable.Range(0, kept).Select(i => new double[_previous[i].Length])];
        }

        public double[][] Formula() => _formula((gate, vector) => Product(gate, "x", vector), (gate, vector) => Product(gate, "h", vector), Trained, _x, _previous);

        public double Loss() => Formula().SelectMany((values, k) => values.Select((value, i) => value * _lossWeights[k][i])).Sum();

        public double[][] Graph() => [.. _program.Equations.Kept.Select(kept => Value(kept.Next))];

        /// <summary>What the loss was differentiated by: inputs, previous states, weights and biases, with the gradients that the statements gave.</summary>
        public IEnumerable<(string Place, double[] Values, double[] Gradient)> Differentiated()
        {
            yield return ("x", _x, _xGradient);
            foreach (Kept kept in _program.States)
            {
                int index = KeptIndex(kept);
                yield return (kept.Name, _previous[index], _previousGradients[index]);
            }

            foreach (string key in _weights.Keys)
            {
                yield return (key, _weights[key], _weightGradients[key]);
            }

            foreach (string name in _trained.Keys)
            {
                yield return (name, _trained[name], _trainedGradients[name]);
            }
        }

        /// <summary>Runs the backward statements stage by stage, last first, as the generated code does.</summary>
        public void Backward()
        {
            Dictionary<string, double[]> computed = [];
            Dictionary<Expr, double[]> later = [];
            foreach (CellStage stage in _program.Stages.Reverse())
            {
                Dictionary<string, double[]> locals = new(computed);
                foreach (Kept kept in stage.Kept)
                {
                    locals[CellStage.Adjoint(kept.Name)] = [.. _lossWeights[KeptIndex(kept)]];
                }

                // What later stages hand down to the values of this one: r of a GRU with reset before the product.
                foreach ((Expr e, double[] adjoint) in later)
                {
                    locals[stage.LaterAdjoint(e)] = adjoint;
                }

                foreach (Normalisation group in stage.NormalisedAfter)
                {
                    Denormalise(group, later, stage, locals);
                }

                foreach (Statement statement in stage.Backward)
                {
                    locals[statement.Name] = Evaluate(statement.Value, locals);
                }

                foreach ((Accumulator accumulator, Expr delta) in stage.Deltas)
                {
                    Spread(accumulator, Evaluate(delta, locals), computed);
                }

                foreach ((Kept kept, Expr adjoint) in stage.PreviousAdjoints)
                {
                    AddTo(_previousGradients[KeptIndex(kept)], Evaluate(adjoint, locals));
                }

                foreach ((Expr e, Expr adjoint) in stage.EarlierAdjoints)
                {
                    double[] value = Evaluate(adjoint, locals);
                    AddTo(later.TryGetValue(e, out double[]? sum) ? sum : later[e] = new double[value.Length], value);
                }

                foreach ((Parameter parameter, Expr adjoint) in stage.ParameterAdjoints)
                {
                    double[] value = Evaluate(adjoint, locals);
                    AddTo(_trainedGradients.TryGetValue(parameter.Name!, out double[]? sum) ? sum : _trainedGradients[parameter.Name!] = new double[parameter.IsScalar ? 1 : Units], parameter.IsScalar ? [value.Sum()] : value);
                }
            }
        }

        /// <summary>From the gradients of normalised values those of the values: dv = (dy - mean(dy) - y * mean(dy * y)) / sigma.</summary>
        private void Denormalise(Normalisation group, Dictionary<Expr, double[]> later, CellStage stage, Dictionary<string, double[]> locals)
        {
            double[] values = [.. group.Values.SelectMany(Value)], y = [.. group.Results.SelectMany(Value)], dy = [.. group.Results.SelectMany(result => later[result])];
            double mean = values.Average(), sigma = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)) + 1e-5);
            double average = dy.Average(), product = dy.Zip(y, (a, b) => a * b).Average();
            double[] dv = [.. dy.Select((value, i) => (value - average - (y[i] * product)) / sigma)];
            for (int i = 0; i < group.Results.Count; i++)
            {
                locals[stage.LaterAdjoint(group.Results[i])] = dv[(i * Units)..((i + 1) * Units)];
            }
        }

        private double[] Normalise(Normalised e)
        {
            double[] values = [.. e.Group.Values.SelectMany(Value)];
            double mean = values.Average(), sigma = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)) + 1e-5);
            return [.. Value(e.Value).Select(value => (value - mean) / sigma)];
        }

        private double[] Trained(string name)
        {
            Parameter parameter = _program.ReadTensors.SelectMany(tensor => tensor.Vectors).Single(vector => vector.Name == name);
            return _trained.TryGetValue(name, out double[]? value) ? value : _trained[name] = Draw(parameter.IsScalar ? 1 : Units);
        }

        private static int Size(CellSpace space) => space.Units ?? Units;

        private int KeptIndex(Kept kept) => _program.Equations.Kept.ToList().IndexOf(kept);

        /// <summary>From the delta of an accumulator to its weights, biases and operands.</summary>
        private void Spread(Accumulator accumulator, double[] delta, Dictionary<string, double[]> computed)
        {
            foreach (Expr vector in accumulator.Affine.Operands)
            {
                string key = accumulator.Affine.Gate.Name + " " + (vector is InputVector ? "x" : "h");
                double[] values = Value(vector), weights = _weights[key];
                double[] weightGradient = _weightGradients.TryGetValue(key, out double[]? known) ? known : _weightGradients[key] = new double[weights.Length];
                double[] gradient = vector switch
                {
                    InputVector => _xGradient,
                    Previous previous => _previousGradients[KeptIndex(previous.Kept)],
                    _ => computed.TryGetValue("dM", out double[]? m) ? m : computed["dM"] = new double[values.Length],
                };
                for (int unit = 0; unit < delta.Length; unit++)
                {
                    for (int column = 0; column < values.Length; column++)
                    {
                        weightGradient[(unit * (values.Length + 1)) + column] += delta[unit] * values[column];
                        gradient[column] += delta[unit] * weights[(unit * (values.Length + 1)) + column];
                    }

                    weightGradient[(unit * (values.Length + 1)) + values.Length] += accumulator.Affine.Gate.HasBias ? delta[unit] : 0;
                }
            }
        }

        private double[] Value(Expr e)
        {
            if (!_values.TryGetValue(e, out double[]? value))
            {
                value = e switch
                {
                    InputVector => _x,
                    Previous previous => _previous[KeptIndex(previous.Kept)],
                    Parameter { IsScalar: true } => [.. Enumerable.Repeat(Trained(e.Name!)[0], Units)],
                    Parameter => Trained(e.Name!),
                    Normalised normalised => Normalise(normalised),
                    Affine affine => affine.Operands.Select(vector => Product(affine.Gate.Name, vector is InputVector ? "x" : "h", Value(vector))).Aggregate((a, b) => [.. a.Zip(b, (x, y) => x + y)]),
                    _ => Combine(e, Value),
                };
                _values[e] = value;
            }

            return value;
        }

        private double[] Evaluate(Expr e, Dictionary<string, double[]> locals) => e switch
        {
            Local local => locals[local.Name!],
            _ when _values.TryGetValue(e, out double[]? value) => value,
            Parameter => Value(e),
            _ => Combine(e, operand => Evaluate(operand, locals)),
        };

        private static double[] Combine(Expr e, Func<Expr, double[]> value)
        {
            double[][] operands = [.. e.Operands.Select(value)];
            int count = operands.Select(operand => operand.Length).DefaultIfEmpty(Units).Max();
            return [.. Enumerable.Range(0, count).Select(i => e switch
            {
                Constant constant => constant.Value,
                Unary { Function: Function.Sigmoid } => 1 / (1 + Math.Exp(-operands[0][i])),
                Unary { Function: Function.Tanh } => Math.Tanh(operands[0][i]),
                Unary => Math.Max(operands[0][i], 0),
                WherePositive => operands[0][i] > 0 ? operands[1][i] : 0,
                Binary { Op: '+' } => operands[0][i] + operands[1][i],
                Binary { Op: '-' } => operands[0][i] - operands[1][i],
                Binary => operands[0][i] * operands[1][i],
                _ => throw new InvalidOperationException($"No value of {e.GetType().Name}."),
            })];
        }

        private double[] Product(string gate, string operand, double[] vector)
        {
            string key = gate + " " + operand;
            Gate declared = _program.Equations.Spaces.SelectMany(space => space.Gates).First(other => other.Name == gate);
            int rows = Size(declared.Space);
            bool hasBias = declared.HasBias;
            if (!_weights.TryGetValue(key, out double[]? weights))
            {
                _weights[key] = weights = Draw(rows * (vector.Length + 1));
            }

            int row = vector.Length + 1;
            return [.. Enumerable.Range(0, rows).Select(unit => (hasBias ? weights[(unit * row) + vector.Length] : 0) + vector.Select((value, column) => value * weights[(unit * row) + column]).Sum())];
        }

        private double[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => (2 * _random.NextDouble()) - 1)];

        private static void AddTo(double[] sum, double[] values)
        {
            for (int i = 0; i < sum.Length; i++)
            {
                sum[i] += values[i];
            }
        }
    }
}
