namespace Seq.Embedded.Generator.Tests.Properties.Interpreting;

/// <summary>y = f(W x + b) at each time step.</summary>
internal sealed class DenseFormula(LayerContext context) : LayerFormula
{
    private readonly double[] _weight = context.Tensor("weight", context.Units, context.Inputs);
    private readonly double[]? _bias = context.Layer.Is("Bias") ? context.Tensor("bias", context.Units) : null;

    public override double[][] Forward(double[][] rows, double[][] state, int chunk) =>
        [.. rows.Select(row => Vectors.Activate(context.Layer["Activation"], Vectors.Affine(_weight, _bias, row)))];
}
