namespace Seq.Embedded.Generator.Tests.Properties.Interpreting;

/// <summary>layer(x) + x of a layer without a time of its own.</summary>
internal sealed class ResidualFormula(LayerFormula layer) : LayerFormula
{
    public override double[][] InitialState() => layer.InitialState();

    public override double[][] Forward(double[][] rows, double[][] state, int chunk) =>
        [.. layer.Forward(rows, state, chunk).Zip(rows, (output, x) => Vectors.Map(output.Length, i => output[i] + x[i]))];
}
