namespace Seq.Embedded.Training;

/// <summary>Size of a region of a shard's memory, in floats.</summary>
/// <param name="PerRow">Floats per row; a row is one time step of one sequence.</param>
/// <param name="PerSequence">Floats per sequence.</param>
public readonly record struct RegionSize(int PerRow, int PerSequence);
