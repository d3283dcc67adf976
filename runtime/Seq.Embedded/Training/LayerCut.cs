namespace Seq.Embedded.Training;

/// <summary>A place between two layers where a model can be cut: the rows of one region are all that layers above read of layers below.</summary>
/// <param name="Layer">Number of the lowest layer above the cut among <see cref="TrainerLayout.LayerNames"/>.</param>
/// <param name="Region">The region that holds the rows.</param>
/// <param name="Width">Values of a row.</param>
/// <param name="Stride">Floats from one row to the next.</param>
/// <param name="Axis">Number of the axis of time whose steps the rows are; negative: a row a sequence.</param>
public readonly record struct LayerCut(int Layer, int Region, int Width, int Stride, int Axis);
