namespace Seq.Embedded.Models.Tests.Reference;

/// <summary>y_j = f(sum over k, i of W[o, i, k] x[j S - (K - 1 - k) D, i] + b[o]), inputs before the first being zero.</summary>
internal sealed class ReferenceConv1D : ReferenceLayer
{
    private readonly double[] _weight;
    private readonly double[]? _bias;
    private readonly int _inputs;
    private readonly Conv1DAttribute _layer;

    public ReferenceConv1D(Dictionary<string, double[]> tensors, string name, int inputs, Conv1DAttribute layer)
    {
        _inputs = inputs;
        _layer = layer;
        _weight = Tensor(tensors, name + ".weight", layer.Channels * inputs * layer.Kernel);
        _bias = layer.Bias ? Tensor(tensors, name + ".bias", layer.Channels) : null;
    }

    public override int Units => _layer.Channels;

    /// <summary>False where every row is made of one input alone, as those of a dense layer.</summary>
    public bool GoesThroughTime => _layer.Kernel > 1 || _layer.Stride > 1;

    public override double[][] Forward(double[][] inputs) =>
        [.. Enumerable.Range(0, (inputs.Length + _layer.Stride - 1) / _layer.Stride).Select(j => Output(inputs, j * _layer.Stride))];

    private double[] Output(double[][] inputs, int last)
    {
        double[] window = new double[_inputs * _layer.Kernel];
        for (int k = 0; k < _layer.Kernel; k++)
        {
            int t = last - ((_layer.Kernel - 1 - k) * _layer.Dilation);
            for (int i = 0; t >= 0 && i < _inputs; i++)
            {
                window[(i * _layer.Kernel) + k] = inputs[t][i];
            }
        }

        double[] sums = [.. Enumerable.Range(0, Units).Select(unit => Affine(_weight, _bias, unit, window))];
        return Array.ConvertAll(sums, sum => _layer.Activation switch
        {
            Activation.Relu => Math.Max(sum, 0),
            Activation.Tanh => Math.Tanh(sum),
            Activation.Sigmoid => Sigmoid(sum),
            _ => sum,
        });
    }
}
