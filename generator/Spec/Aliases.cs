namespace Seq.Embedded.Generator.Spec;

/// <summary>What the generated code calls library types, so that no type of the user's takes their place: SeqVector, SeqSpan.</summary>
internal static class Aliases
{
    /// <summary>What they begin with, where the user's code has no such name.</summary>
    public const string Prefix = "Seq";

    /// <summary>What follows the prefix.</summary>
    public static IReadOnlyList<string> Names { get; } = ["Int8", "Lanes", "Math", "Memory", "Pair8", "Pair16", "Pair32", "Product", "ReadOnlySpan", "Span", "Unsafe", "Vector"];
}
