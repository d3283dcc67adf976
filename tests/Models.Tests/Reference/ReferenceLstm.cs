namespace Seq.Embedded.Models.Tests.Reference;

/// <summary>Gates i, f, g, o, or f, g, o where i = 1 - f; states h and c; peepholes, projection, normalisation.</summary>
internal sealed class ReferenceLstm : ReferenceRecurrent
{
    private readonly bool _coupled;
    private readonly double[]? _peephole;
    private readonly double[]? _projection;
    private readonly ReferenceNorm? _norm;

    public ReferenceLstm(Dictionary<string, double[]> tensors, string name, int stack, int inputs, LstmAttribute layer)
        : base(tensors, name, stack, inputs, layer, layer.CoupledGates ? 3 : 4, layer.Projection, hasC: true, normalize: layer.Normalize)
    {
        _coupled = layer.CoupledGates;
        _peephole = layer.Peepholes ? Tensor(tensors, $"{name}.peephole_l{stack}", (_coupled ? 2 : 3) * Cells) : null;
        _projection = layer.Projection > 0 ? Tensor(tensors, $"{name}.weight_hr_l{stack}", layer.Projection * Cells) : null;
        _norm = layer.Normalize
            ? new(Tensor(tensors, $"{name}.norm_c_l{stack}.weight", Cells), layer.Bias ? Tensor(tensors, $"{name}.norm_c_l{stack}.bias", Cells) : null)
            : null;
    }

    protected override double[] Step(double[] x, double[] h, double[] c)
    {
        double[] ofX = X(x), ofH = H(h), outputSums = new double[Cells];
        int first = _coupled ? -1 : 0;
        for (int unit = 0; unit < Cells; unit++)
        {
            double Sum(int gate) => ofX[((first + gate) * Cells) + unit] + ofH[((first + gate) * Cells) + unit];
            double Peephole(int index) => _peephole is null ? 0 : _peephole[((first + index) * Cells) + unit];
            double f = Sigmoid(Sum(1) + (Peephole(1) * c[unit]));
            double i = _coupled ? 1 - f : Sigmoid(Sum(0) + (Peephole(0) * c[unit]));
            c[unit] = (f * c[unit]) + (i * Math.Tanh(Sum(2)));
            outputSums[unit] = Sum(3) + (Peephole(2) * c[unit]);
        }

        double[] inner = _norm is null ? c : _norm.Of(c);
        double[] result = [.. outputSums.Zip(inner, (sum, value) => Sigmoid(sum) * Math.Tanh(value))];
        return _projection is null ? result : [.. Enumerable.Range(0, Units).Select(row => Affine(_projection, null, row, result))];
    }
}
