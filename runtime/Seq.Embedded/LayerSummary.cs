namespace Seq.Embedded;

/// <summary>One layer of a generated model, for display.</summary>
/// <param name="Name">Name of the layer's tensors in weight files, for example <c>gru</c>.</param>
/// <param name="Kind">Kind of the layer, for example <c>GRU layer 1 of 2</c>.</param>
/// <param name="Inputs">Number of values that go in at a time step.</param>
/// <param name="Outputs">Number of values that come out.</param>
/// <param name="Parameters">Number of trained values.</param>
/// <param name="MultiplyAdds">
/// Multiply-adds of the layer's products per time step that it is computed at, see <see cref="Stride"/>, or, where <paramref name="PerSequence"/>, per sequence.
/// </param>
/// <param name="PerSequence">True for a layer that a many-to-one model computes once a sequence: above its last layer over time.</param>
public sealed record LayerSummary(string Name, string Kind, int Inputs, int Outputs, int Parameters, int MultiplyAdds, bool PerSequence = false)
{
    /// <summary>
    /// The layer is computed at every Stride-th time step of the model's input, the first one included: on average <see cref="MultiplyAdds"/> / Stride per time step.
    /// </summary>
    public int Stride { get; init; } = 1;
}
