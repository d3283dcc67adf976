using Seq.Embedded.Models.Tests.Cases;

namespace Seq.Embedded.Models.Tests.Reference;

/// <summary>Checks gradients against central differences of the double-precision reference.</summary>
/// <remarks>
/// With a step of 1e-6 the differences are right to about 1e-9 of the largest gradient: far more exact than the float gradients.
/// Every parameter is perturbed where the cost allows it (all models but the largest, for which one in so many is),
/// and every tensor as a whole along a random direction.
/// </remarks>
internal sealed class FiniteDifferences
{
    private const double Step = 1e-6;
    private const long MultiplyAddsAllowed = 400_000_000;

    private readonly string _name;
    private readonly ReferenceModel _model;
    private readonly double[][][][] _layerInputs;
    private readonly Loss _loss;
    private readonly Func<int, ReferenceModel.DropoutMask>? _mask;

    /// <param name="name">Name of the case.</param>
    /// <param name="model">The reference; its tensors are as before in the end.</param>
    /// <param name="sequences">Input rows of every sequence.</param>
    /// <param name="loss">The loss of one sequence.</param>
    /// <param name="mask">Dropout mask of every sequence, or null.</param>
    public FiniteDifferences(string name, ReferenceModel model, double[][][] sequences, Loss loss, Func<int, ReferenceModel.DropoutMask>? mask = null)
    {
        _name = name;
        _model = model;
        _loss = loss;
        _mask = mask;
        _layerInputs = [.. sequences.Select((rows, i) => model.LayerInputs(rows, mask?.Invoke(i)))];
    }

    /// <summary>Loss of a sequence: its index, its output rows.</summary>
    public delegate double Loss(int sequence, double[][] outputs);

    /// <summary>Checks the gradient of every tensor: differences at most tolerance * the largest gradient of the tensor.</summary>
    public void Check(Dictionary<string, float[]> gradients, double tolerance)
    {
        Assert.Equal(_model.Tensors.Keys.Order(), gradients.Keys.Order());
        long perParameter = 2 * _model.Cost * _layerInputs.Sum(rows => rows[0].Length);
        long stride = Math.Max(1, perParameter * _model.Cost / MultiplyAddsAllowed);
        foreach ((string tensor, double[] values) in _model.Tensors)
        {
            CheckParameters(tensor, values, gradients[tensor], tolerance, (int)stride);
            CheckDirection(tensor, values, gradients[tensor], tolerance);
        }
    }

    private void CheckParameters(string tensor, double[] values, float[] gradient, double tolerance, int stride)
    {
        int layer = _model.LayerOf(values), count = (values.Length + stride - 1) / stride;
        double[] expected = new double[count];
        float[] actual = new float[count];
        for (int i = 0; i < count; i++)
        {
            int at = i * stride;
            double value = values[at];
            values[at] = value + Step;
            double above = Total(layer);
            values[at] = value - Step;
            double below = Total(layer);
            values[at] = value;
            expected[i] = (above - below) / (2 * Step);
            actual[i] = gradient[at];
        }

        string every = stride == 1 ? "" : $" (every {stride}th value)";
        double largest = gradient.Max(value => Math.Abs((double)value));
        Compare.Close(_name, $"gradient of {tensor}{every}", expected, actual, tolerance, stride == 1 ? 0 : largest);
    }

    private void CheckDirection(string tensor, double[] values, float[] gradient, double tolerance)
    {
        int layer = _model.LayerOf(values);
        float[] direction = TestData.Values(values.Length, values.Length);
        double[] kept = [.. values];
        double Along(double step)
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = kept[i] + (step * direction[i]);
            }

            return Total(layer);
        }

        double expected = (Along(Step) - Along(-Step)) / (2 * Step);
        kept.CopyTo(values, 0);
        double actual = 0, norm = 0;
        for (int i = 0; i < values.Length; i++)
        {
            actual += (double)direction[i] * gradient[i];
            norm += (double)gradient[i] * gradient[i];
        }

        double allowed = tolerance * Math.Sqrt(norm) * 2;
        Assert.True(
            Math.Abs(expected - actual) <= allowed,
            $"{_name}, gradient of {tensor} along a random direction: expected {expected:R}, actual {actual:R}, difference {Math.Abs(expected - actual):G3}, allowed {allowed:G3}.");
    }

    private double Total(int layer)
    {
        double total = 0;
        for (int i = 0; i < _layerInputs.Length; i++)
        {
            total += _loss(i, _model.ForwardFrom(layer, _layerInputs[i][layer], _mask?.Invoke(i)));
        }

        return total;
    }
}
