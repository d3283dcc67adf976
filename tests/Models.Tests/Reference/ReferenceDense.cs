namespace Seq.Embedded.Models.Tests.Reference;

/// <summary>y = f(W x + b) for each time step.</summary>
internal sealed class ReferenceDense : ReferenceLayer
{
    private readonly double[] _weight;
    private readonly double[]? _bias;
    private readonly Activation _activation;

    public ReferenceDense(Dictionary<string, double[]> tensors, string name, int inputs, DenseAttribute layer)
    {
        _weight = Tensor(tensors, name + ".weight", -1);
        Units = _weight.Length / inputs;
        _bias = layer.Bias ? Tensor(tensors, name + ".bias", Units) : null;
        _activation = layer.Activation;
    }

    public override int Units { get; }

    public override double[][] Forward(double[][] inputs) => Array.ConvertAll(inputs, Forward);

    private double[] Forward(double[] x)
    {
        double[] y = new double[Units];
        for (int unit = 0; unit < Units; unit++)
        {
            double sum = Affine(_weight, _bias, unit, x);
            y[unit] = _activation switch
            {
                Activation.Relu => Math.Max(sum, 0),
                Activation.Tanh => Math.Tanh(sum),
                Activation.Sigmoid => Sigmoid(sum),
                _ => sum,
            };
        }

        return _activation == Activation.Softmax ? Softmax(y) : y;
    }

    private static double[] Softmax(double[] logits)
    {
        double largest = logits.Max();
        double[] exponentials = Array.ConvertAll(logits, logit => Math.Exp(logit - largest));
        double sum = exponentials.Sum();
        return Array.ConvertAll(exponentials, value => value / sum);
    }
}
