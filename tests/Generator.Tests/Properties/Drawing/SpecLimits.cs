namespace Seq.Embedded.Generator.Tests.Properties.Drawing;

/// <summary>How large specs are drawn.</summary>
/// <param name="MaxSize">The most inputs and units.</param>
/// <param name="MaxLength">The most time steps of a sequence.</param>
/// <param name="MaxLookAhead">The most time steps of a chunk.</param>
internal sealed record SpecLimits(int MaxSize, int MaxLength, int MaxLookAhead);
