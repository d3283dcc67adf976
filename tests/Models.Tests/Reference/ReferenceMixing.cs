using Seq.Embedded.Models.Tests.Models;

namespace Seq.Embedded.Models.Tests.Reference;

/// <summary>The equations of <see cref="MixingAttribute"/>: gates keep, a, b; weight_hh of keep and b, weight_ch of a.</summary>
internal sealed class ReferenceMixing : ReferenceLayer
{
    private readonly double[] _inputWeight;
    private readonly double[] _inputBias;
    private readonly double[] _hiddenWeight;
    private readonly double[] _hiddenBias;
    private readonly double[] _cellWeight;
    private readonly double[] _cellBias;
    private readonly double[] _peep;
    private readonly double[] _gain;
    private readonly double[] _h0;
    private readonly double[] _c0;

    public ReferenceMixing(Dictionary<string, double[]> tensors, string name, int stack, int inputs, MixingAttribute layer)
    {
        Units = layer.Units;
        _inputWeight = Tensor(tensors, $"{name}.weight_ih_l{stack}", 3 * Units * inputs);
        _inputBias = Tensor(tensors, $"{name}.bias_ih_l{stack}", 3 * Units);
        _hiddenWeight = Tensor(tensors, $"{name}.weight_hh_l{stack}", 2 * Units * Units);
        _hiddenBias = Tensor(tensors, $"{name}.bias_hh_l{stack}", 2 * Units);
        _cellWeight = Tensor(tensors, $"{name}.weight_ch_l{stack}", Units * Units);
        _cellBias = Tensor(tensors, $"{name}.bias_ch_l{stack}", Units);
        _peep = Tensor(tensors, $"{name}.peep_l{stack}", Units);
        _gain = Tensor(tensors, $"{name}.gain_l{stack}", 1);
        _h0 = Tensor(tensors, $"{name}.h0_l{stack}", Units);
        _c0 = Tensor(tensors, $"{name}.c0_l{stack}", Units);
    }

    public override int Units { get; }

    public override double[][] Forward(double[][] inputs)
    {
        double[] h = _h0, c = _c0;
        double X(double[] x, int gate, int unit) => Affine(_inputWeight, _inputBias, (gate * Units) + unit, x);
        return Array.ConvertAll(inputs, x =>
        {
            double[] before = h, old = c;
            double[] next = [.. old.Select((value, unit) =>
            {
                double keep = Sigmoid(X(x, 0, unit) + Affine(_hiddenWeight, _hiddenBias, unit, before) + (_peep[unit] * value));
                return (keep * value) + ((1 - keep) * Math.Max(0, X(x, 1, unit) + Affine(_cellWeight, _cellBias, unit, old)));
            })];
            double[] product = [.. next.Zip(before, (a, b) => a * b)];
            h = [.. next.Select((value, unit) =>
            {
                double p = Math.Tanh(X(x, 2, unit) + Affine(_hiddenWeight, _hiddenBias, Units + unit, product) - (old[unit] * 0.5));
                return (-p * _gain[0]) + (0.25 * (value + (Math.Tanh(_gain[0]) * before[unit])));
            })];
            c = next;
            return h;
        });
    }
}
