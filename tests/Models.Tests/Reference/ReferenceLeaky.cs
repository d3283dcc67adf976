using Seq.Embedded.Models.Tests.Models;

namespace Seq.Embedded.Models.Tests.Reference;

/// <summary>z = sigmoid(W_iz x + b_iz + W_hz h + b_hz); n = tanh(W_in x + b_in + p * h); h' = (1 - z) * n + z * h.</summary>
internal sealed class ReferenceLeaky : ReferenceLayer
{
    private readonly double[] _inputWeight;
    private readonly double[]? _inputBias;
    private readonly double[] _hiddenWeight;
    private readonly double[]? _hiddenBias;
    private readonly double[] _parameter;

    public ReferenceLeaky(Dictionary<string, double[]> tensors, string name, int stack, int inputs, LeakyAttribute layer)
    {
        Units = layer.Units;
        _inputWeight = Tensor(tensors, $"{name}.weight_ih_l{stack}", 2 * Units * inputs);
        _inputBias = layer.Bias ? Tensor(tensors, $"{name}.bias_ih_l{stack}", 2 * Units) : null;
        _hiddenWeight = Tensor(tensors, $"{name}.weight_hh_l{stack}", Units * Units);
        _hiddenBias = layer.Bias ? Tensor(tensors, $"{name}.bias_hh_l{stack}", Units) : null;
        _parameter = Tensor(tensors, $"{name}.p_l{stack}", Units);
    }

    public override int Units { get; }

    public override double[][] Forward(double[][] inputs)
    {
        double[] h = new double[Units];
        return Array.ConvertAll(inputs, x => h = [.. h.Select((state, unit) =>
        {
            double z = Sigmoid(Affine(_inputWeight, _inputBias, unit, x) + Affine(_hiddenWeight, _hiddenBias, unit, h));
            double n = Math.Tanh(Affine(_inputWeight, _inputBias, Units + unit, x) + (_parameter[unit] * state));
            return ((1 - z) * n) + (z * state);
        })]);
    }
}
