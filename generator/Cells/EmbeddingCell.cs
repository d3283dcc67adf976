using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Cells;

/// <summary>PyTorch's <c>nn.Embedding</c>: the product of a table with a one-hot vector, which is a lookup of a column, without a bias.</summary>
internal sealed class EmbeddingCell : Cell
{
    public override string Attribute => "Embedding";

    public override string Title => "Embedding";

    public override bool IsTable => true;

    public override string TensorName(string part, CellOperand operand, int layer) => part;

    /// <summary>Drawn normally.</summary>
    public override int InitialFan(int inputs, int units) => 0;

    public override void Define(CellEquations cell, LayerSpec layer) => cell.Next(cell.Value("y"), cell.Gate("", cell.Units, hasBias: false).Of(cell.Input));
}
