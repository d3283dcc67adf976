namespace Seq.Embedded.Models.Tests.Reference;

/// <summary>One product for gate and candidate; the scalars zeta and nu.</summary>
internal sealed class ReferenceFastGrnn : ReferenceRecurrent
{
    private readonly double[]? _gateBias;
    private readonly double[]? _updateBias;
    private readonly double[] _zeta;
    private readonly double[] _nu;

    public ReferenceFastGrnn(Dictionary<string, double[]> tensors, string name, int stack, int inputs, FastGrnnAttribute layer)
        : base(tensors, name, stack, inputs, layer, gates: 1, hasBias: false)
    {
        _gateBias = layer.Bias ? Tensor(tensors, $"{name}.bias_gate_l{stack}", layer.Units) : null;
        _updateBias = layer.Bias ? Tensor(tensors, $"{name}.bias_update_l{stack}", layer.Units) : null;
        _zeta = Tensor(tensors, $"{name}.zeta_l{stack}", 1);
        _nu = Tensor(tensors, $"{name}.nu_l{stack}", 1);
    }

    protected override double[] Step(double[] x, double[] h, double[] c)
    {
        double[] ofX = X(x), ofH = H(h), next = new double[Units];
        for (int unit = 0; unit < Units; unit++)
        {
            double a = ofX[unit] + ofH[unit];
            double z = Sigmoid(a + (_gateBias?[unit] ?? 0)), n = Math.Tanh(a + (_updateBias?[unit] ?? 0));
            next[unit] = (((Sigmoid(_zeta[0]) * (1 - z)) + Sigmoid(_nu[0])) * n) + (z * h[unit]);
        }

        return next;
    }
}
