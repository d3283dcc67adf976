namespace Seq.Embedded.Training;

/// <summary>Where weights of a layer lie: from an offset to that of the next entry, or to the end.</summary>
/// <param name="Layer">Number of the layer among <see cref="TrainerLayout.LayerNames"/>.</param>
/// <param name="Offset">The first of its weights.</param>
public readonly record struct LayerWeights(int Layer, int Offset);
