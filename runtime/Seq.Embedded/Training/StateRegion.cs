namespace Seq.Embedded.Training;

/// <summary>Where a state lies in a shard's memory: before the first time step, or after the last one.</summary>
/// <param name="Offset">First of its values in a snapshot.</param>
/// <param name="Width">Number of its values.</param>
/// <param name="Region">The region of a shard that holds it.</param>
/// <param name="Stride">Floats from one row of the region to the next.</param>
/// <param name="Axis">Number of the axis of time whose steps the rows are: the state after the last one is the last row of a sequence. Negative: a row a sequence.</param>
public readonly record struct StateRegion(int Offset, int Width, int Region, int Stride, int Axis = -1);
