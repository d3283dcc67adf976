namespace Seq.Embedded.Weights;

/// <summary>Where one panel of a model's arena comes from: the tensors of the weight file that it packs.</summary>
/// <param name="Weight">The tensor of the weights, (Gates.Length * Units, Columns), gates stacked in file order.</param>
/// <param name="Bias">The tensor of the biases, (Gates.Length * Units), or null when the panel's biases are zero.</param>
/// <param name="Units">Units of the layer.</param>
/// <param name="Columns">Length of the operand: columns of the weights.</param>
/// <param name="Offset">First float of the panel in the arena.</param>
/// <param name="Gates">For each vector of the panel, the index of its gate in the file's order; each gate occurs once.</param>
public sealed record PanelTensor(string Weight, string? Bias, int Units, int Columns, int Offset, int[] Gates)
{
    /// <summary>Rows of the weight tensor: Gates.Length * Units.</summary>
    public int Rows => Gates.Length * Units;
}
