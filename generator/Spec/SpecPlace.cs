using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Seq.Embedded.Generator.Spec;

/// <summary>A place in the spec that a diagnostic can point at: the class (layer -1, no argument), an attribute, or one argument of it.</summary>
/// <param name="Layer">Index of the layer; -1 for the model, -2 for its features.</param>
/// <param name="Argument">Name of the argument; <c>class</c> for the class name; empty for the whole attribute; <c>.Name</c> for a member of the class.</param>
internal sealed record SpecPlace(int Layer, string Argument)
{
    public static SpecPlace Class { get; } = new(-1, "class");

    /// <summary>An argument of [AudioFeatures], or the attribute.</summary>
    public static SpecPlace Features(string argument) => new(-2, argument);

    public static SpecPlace Member(string name) => new(-1, "." + name);
}

/// <summary>Where a place stands in the source: values only, so that no syntax tree is kept alive.</summary>
internal sealed record SourcePlace(SpecPlace Place, string Path, TextSpan Span, LinePositionSpan Lines)
{
    public Location ToLocation() => Location.Create(Path, Span, Lines);
}

/// <summary>
/// The parser's result: the spec, and apart from it what changes without changing the generated code: the user's own members,
/// which only must not take the generator's names, and the places, which move with every edit above them.
/// </summary>
internal sealed record ParsedModel(ModelSpec Spec, EquatableArray<MemberSpec> Members, EquatableArray<SourcePlace> Places);
