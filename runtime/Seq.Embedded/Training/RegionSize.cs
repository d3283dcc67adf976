namespace Seq.Embedded.Training;

/// <summary>Size of a region of a shard's memory, in floats.</summary>
/// <param name="PerRow">Floats per row; a row is one step of one sequence on the region's axis of time.</param>
/// <param name="PerSequence">Floats per sequence.</param>
/// <param name="Axis">Number of that axis among <see cref="TrainerLayout.Axes"/>.</param>
public readonly record struct RegionSize(int PerRow, int PerSequence, int Axis = 0);
