using Seq.Embedded.Models.Tests.Models;

namespace Seq.Embedded.Models.Tests.Reference;

/// <summary>c' = (2 - p) * c + 1; h' = tanh(W_ia x + b_ia + W_ha h + b_ha + c' / 4).</summary>
internal sealed class ReferenceGrowing : ReferenceLayer
{
    private readonly double[] _inputWeight;
    private readonly double[] _inputBias;
    private readonly double[] _hiddenWeight;
    private readonly double[] _hiddenBias;
    private readonly double[] _parameter;

    public ReferenceGrowing(Dictionary<string, double[]> tensors, string name, int stack, int inputs, GrowingAttribute layer)
    {
        Units = layer.Units;
        _inputWeight = Tensor(tensors, $"{name}.weight_ih_l{stack}", Units * inputs);
        _inputBias = Tensor(tensors, $"{name}.bias_ih_l{stack}", Units);
        _hiddenWeight = Tensor(tensors, $"{name}.weight_hh_l{stack}", Units * Units);
        _hiddenBias = Tensor(tensors, $"{name}.bias_hh_l{stack}", Units);
        _parameter = Tensor(tensors, $"{name}.p_l{stack}", Units);
    }

    public override int Units { get; }

    public override double[][] Forward(double[][] inputs)
    {
        double[] h = new double[Units], c = new double[Units];
        return Array.ConvertAll(inputs, x =>
        {
            c = [.. c.Select((value, unit) => ((2 - _parameter[unit]) * value) + 1)];
            h = [.. c.Select((value, unit) => Math.Tanh(Affine(_inputWeight, _inputBias, unit, x) + Affine(_hiddenWeight, _hiddenBias, unit, h) + (value / 4)))];
            return h;
        });
    }
}
