namespace Seq.Embedded.Models.Tests.Reference;

/// <summary>The row of the table that belongs to a token.</summary>
internal sealed class ReferenceEmbedding : ReferenceLayer
{
    private readonly double[] _table;
    private readonly Func<double, int> _token;

    public ReferenceEmbedding(Dictionary<string, double[]> tensors, string name, int vocabulary, Func<double, int> token, EmbeddingAttribute layer)
    {
        Units = layer.Units;
        _token = token;
        _table = Tensor(tensors, name + ".weight", vocabulary * Units);
    }

    public override int Units { get; }

    public override double[][] Forward(double[][] inputs) => Array.ConvertAll(inputs, input => _table.AsSpan(_token(input[0]) * Units, Units).ToArray());
}
