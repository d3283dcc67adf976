namespace Seq.Embedded.Generator.Tests.Properties.Interpreting;

/// <summary>Row x of a table of vectors.</summary>
internal sealed class EmbeddingFormula(LayerContext context) : LayerFormula
{
    private readonly double[] _table = context.Tensor("weight", context.Inputs, context.Units);

    public override double[][] Forward(double[][] rows, double[][] state, int chunk) =>
        [.. rows.Select(row => Vectors.Map(context.Units, i => _table[((int)row[0] * context.Units) + i]))];
}
