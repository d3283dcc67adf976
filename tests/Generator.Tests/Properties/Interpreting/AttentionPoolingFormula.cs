namespace Seq.Embedded.Generator.Tests.Properties.Interpreting;

/// <summary>y = sum over t of a_t h_t, a = softmax over t of v tanh(W h_t + b).</summary>
internal sealed class AttentionPoolingFormula(LayerContext context) : LayerFormula
{
    private readonly double[] _projection = context.Tensor("projection.weight", context.Units, context.Inputs);
    private readonly double[] _bias = context.Tensor("projection.bias", context.Units);
    private readonly double[] _score = context.Tensor("score.weight", 1, context.Units);

    public override double[][] Forward(double[][] rows, double[][] state, int chunk)
    {
        double[] scores = [.. rows.Select(row => Vectors.Affine(_score, null, [.. Vectors.Affine(_projection, _bias, row).Select(Math.Tanh)])[0])];
        double[] shares = rows.Length == 0 ? [] : Vectors.Softmax(scores);
        return [Vectors.Map(context.Inputs, i => rows.Select((row, t) => shares[t] * row[i]).Sum())];
    }
}
