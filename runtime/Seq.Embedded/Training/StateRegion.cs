namespace Seq.Embedded.Training;

/// <summary>Where a state before the first time step lies.</summary>
/// <param name="Offset">First of its values in a snapshot.</param>
/// <param name="Width">Number of its values.</param>
/// <param name="Region">The region of a shard that holds it, a row per sequence.</param>
/// <param name="Stride">Floats from one row of the region to the next.</param>
public readonly record struct StateRegion(int Offset, int Width, int Region, int Stride);
