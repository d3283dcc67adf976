namespace Seq.Embedded.Generator.Tests.Properties.Interpreting;

/// <summary>
/// y = sum over t of a_t h_t, a = softmax over t of v tanh(W h_t + b). The state is the mean so far, the largest score and the sum of the weights
/// relative to it: a row of that score and weight, as it were.
/// </summary>
internal sealed class AttentionPoolingFormula(LayerContext context) : LayerFormula
{
    private readonly double[] _projection = context.Tensor("projection.weight", context.Units, context.Inputs);
    private readonly double[] _bias = context.Tensor("projection.bias", context.Units);
    private readonly double[] _score = context.Tensor("score.weight", 1, context.Units);

    public override double[][] InitialState() => [new double[context.Inputs], new double[2]];

    public override double[][] Forward(double[][] rows, double[][] state, int chunk)
    {
        if (rows.Length > 0)
        {
            double[] mean = state[0];
            double before = state[1][1], scoreBefore = before > 0 ? state[1][0] : double.NegativeInfinity;
            double[] scores = [.. rows.Select(row => Vectors.Affine(_score, null, [.. Vectors.Affine(_projection, _bias, row).Select(Math.Tanh)])[0])];
            double largest = Math.Max(scoreBefore, scores.Max()), kept = before * Math.Exp(scoreBefore - largest);
            double[] weights = [.. scores.Select(score => Math.Exp(score - largest))];
            double sum = kept + weights.Sum();
            state[0] = Vectors.Map(mean.Length, i => ((kept * mean[i]) + rows.Select((row, t) => weights[t] * row[i]).Sum()) / sum);
            state[1] = [largest, sum];
        }

        return [state[0]];
    }
}
