namespace Seq.Embedded.Models.Tests.Reference;

/// <summary>y = sum over t of a_t h_t, a = softmax over t of v . tanh(W h_t + b): one row of all.</summary>
internal sealed class ReferenceAttentionPooling : ReferenceLayer
{
    private readonly double[] _weight;
    private readonly double[] _bias;
    private readonly double[] _score;

    public ReferenceAttentionPooling(Dictionary<string, double[]> tensors, string name, int inputs, int units)
    {
        Units = inputs;
        _weight = Tensor(tensors, name + ".projection.weight", units * inputs);
        _bias = Tensor(tensors, name + ".projection.bias", units);
        _score = Tensor(tensors, name + ".score.weight", units);
    }

    public override int Units { get; }

    public override double[][] Forward(double[][] inputs)
    {
        double[] scores = Array.ConvertAll(inputs, h => Affine(_score, null, 0, [.. Enumerable.Range(0, _score.Length).Select(unit => Math.Tanh(Affine(_weight, _bias, unit, h)))]));
        double largest = scores.Max();
        double[] weights = Array.ConvertAll(scores, score => Math.Exp(score - largest)), mean = new double[Units];
        for (int t = 0; t < inputs.Length; t++)
        {
            for (int i = 0; i < Units; i++)
            {
                mean[i] += weights[t] / weights.Sum() * inputs[t][i];
            }
        }

        return [mean];
    }
}
