namespace Seq.Embedded.Training;

/// <summary>Size of a region of a shard's memory, in floats, and what it is for.</summary>
/// <param name="PerRow">Floats per row; a row is one step of one sequence on the region's axis of time.</param>
/// <param name="PerSequence">Floats per sequence.</param>
/// <param name="Axis">Number of that axis among <see cref="TrainerLayout.Axes"/>.</param>
/// <param name="Layer">Number of the layer whose rows it holds, or their gradient, among <see cref="TrainerLayout.LayerNames"/>.</param>
/// <param name="IsGradient">True for what the backward pass and dropout alone need: a layer below the lowest trained one has none of it.</param>
public readonly record struct RegionSize(int PerRow, int PerSequence, int Axis = 0, int Layer = 0, bool IsGradient = false);
