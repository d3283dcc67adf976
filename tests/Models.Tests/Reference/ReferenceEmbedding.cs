using Seq.Embedded.Models.Tests.Cases;

namespace Seq.Embedded.Models.Tests.Reference;

/// <summary>The row of the table that belongs to a token.</summary>
internal sealed class ReferenceEmbedding : ReferenceLayer
{
    private readonly double[] _table;
    private readonly ModelCase _model;

    public ReferenceEmbedding(Dictionary<string, double[]> tensors, string name, ModelCase model, EmbeddingAttribute layer)
    {
        Units = layer.Units;
        _model = model;
        _table = Tensor(tensors, name + ".weight", model.InputSize * Units);
    }

    public override int Units { get; }

    public override double[][] Forward(double[][] inputs) =>
        Array.ConvertAll(inputs, input => _table.AsSpan(_model.Token(input[0]) * Units, Units).ToArray());
}
