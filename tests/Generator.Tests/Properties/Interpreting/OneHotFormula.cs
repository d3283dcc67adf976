namespace Seq.Embedded.Generator.Tests.Properties.Interpreting;

/// <summary>A one at place x among zeros.</summary>
internal sealed class OneHotFormula(LayerContext context) : LayerFormula
{
    public override double[][] Forward(double[][] rows, double[][] state, int chunk) =>
        [.. rows.Select(row => Vectors.Map(context.Inputs, i => i == (int)row[0] ? 1 : 0))];
}
