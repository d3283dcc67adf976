namespace Seq.Embedded.Generator.Tests.Properties.Drawing;

/// <summary>A named argument of a layer's attribute.</summary>
/// <param name="Name">As the attribute names it.</param>
/// <param name="Values">The values drawn, as C# text; the first is the attribute's default and is not written.</param>
internal sealed record LayerOption(string Name, params IReadOnlyList<string> Values)
{
    /// <summary>True for an argument of the constructor, after the number of units.</summary>
    public bool Positional { get; init; }

    public string Default => Values[0];
}
