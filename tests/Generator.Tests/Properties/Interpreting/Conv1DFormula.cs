namespace Seq.Embedded.Generator.Tests.Properties.Interpreting;

/// <summary>
/// y_j = f(b + sum over k of W_k x at time j * stride - (kernel - 1 - k) * dilation), before the first input those of the state, zero at first; j up to ceil(T / stride).
/// The state is the last (kernel - 1) * dilation inputs, the oldest first.
/// </summary>
internal sealed class Conv1DFormula(LayerContext context) : LayerFormula
{
    private readonly int _kernel = context.Layer.Number("Kernel"), _stride = context.Layer.Number("Stride"), _dilation = context.Layer.Number("Dilation");
    private readonly double[] _weight = context.Tensor("weight", context.Units, context.Inputs, context.Layer.Number("Kernel"));
    private readonly double[]? _bias = context.Layer.Is("Bias") ? context.Tensor("bias", context.Units) : null;

    private int Kept => (_kernel - 1) * _dilation;

    public override double[][] InitialState() => [new double[Kept * context.Inputs]];

    public override double[][] Forward(double[][] rows, double[][] state, int chunk)
    {
        double[][] known = [.. state[0].Chunk(context.Inputs), .. rows];
        double[][] outputs = new double[(rows.Length + _stride - 1) / _stride][];
        for (int j = 0; j < outputs.Length; j++)
        {
            double[] sums = _bias is null ? new double[context.Units] : (double[])_bias.Clone();
            for (int k = 0; k < _kernel; k++)
            {
                double[] x = known[Kept + (j * _stride) - ((_kernel - 1 - k) * _dilation)];
                for (int o = 0; o < sums.Length; o++)
                {
                    for (int i = 0; i < context.Inputs; i++)
                    {
                        sums[o] += _weight[(((o * context.Inputs) + i) * _kernel) + k] * x[i];
                    }
                }
            }

            outputs[j] = Vectors.Activate(context.Layer["Activation"], sums);
        }

        state[0] = [.. known.TakeLast(Kept).SelectMany(row => row)];
        return outputs;
    }
}
