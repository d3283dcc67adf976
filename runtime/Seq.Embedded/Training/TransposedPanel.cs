using Seq.Embedded.Kernels;

namespace Seq.Embedded.Training;

/// <summary>A panel of weights that the backward pass multiplies by, of which a trainer keeps the transposed form.</summary>
/// <param name="Offset">Where the panel begins in the weights.</param>
/// <param name="Units">Units per gate.</param>
/// <param name="Columns">Columns of the panel.</param>
/// <param name="Vectors">Gates in the panel.</param>
/// <param name="Layer">Number of the layer whose gradient the product is, among <see cref="TrainerLayout.LayerNames"/>: below the lowest trained layer nothing reads it.</param>
public readonly record struct TransposedPanel(int Offset, int Units, int Columns, int Vectors, int Layer = 0)
{
    /// <summary>Floats of the transposed form.</summary>
    internal int Size => PanelProduct.TransposedSize(Units, Columns, Vectors);

    /// <summary>Lays the weights out as <see cref="PanelProduct.MultiplyTransposed"/> reads them.</summary>
    internal void Fill(ReadOnlySpan<float> weights, Span<float> transposed) =>
        PanelProduct.Transpose(weights.Slice(Offset, Panel.Size(Units, Columns, Vectors)), Units, Columns, Vectors, transposed);
}
