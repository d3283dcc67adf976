namespace Seq.Embedded.Generator.Cells;

/// <summary>The whole numbers that an argument of a layer may be.</summary>
/// <param name="Min">The smallest.</param>
/// <param name="Max">The largest.</param>
/// <param name="Default">The value where the argument is left out.</param>
internal sealed record OptionRange(int Min, int Max, int Default);
