using System.Globalization;
using System.Text.RegularExpressions;
using Seq.Embedded.Generator.Plan;
using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Emit;

/// <summary>
/// Names of library types inside generated code. They are aliases that stand inside the namespace, so that no type of the user's
/// (a <c>System</c> or <c>Vector</c> of their own) can take their place.
/// </summary>
internal static class Names
{
    public const string Vector = "SeqVector";
    public const string Lanes = "SeqLanes";
    public const string Math = "SeqMath";
    public const string Product = "SeqProduct";
    public const string Unsafe = "SeqUnsafe";
    public const string Memory = "SeqMemory";
    public const string Span = "SeqSpan";
    public const string ReadOnlySpan = "SeqReadOnlySpan";
    public const string Count = "SeqVector.Count";

    public static readonly string[] Usings =
    [
        "using SeqLanes = global::Seq.Embedded.Kernels.Lanes;",
        "using SeqMath = global::Seq.Embedded.Kernels.VectorMath;",
        "using SeqMemory = global::System.Runtime.InteropServices.MemoryMarshal;",
        "using SeqProduct = global::Seq.Embedded.Kernels.PanelProduct;",
        "using SeqReadOnlySpan = global::System.ReadOnlySpan<float>;",
        "using SeqSpan = global::System.Span<float>;",
        "using SeqUnsafe = global::System.Runtime.CompilerServices.Unsafe;",
        "using SeqVector = global::System.Numerics.Vector<float>;",
    ];

    // A text between quotes on one line, which stays as it is, or an alias.
    private static readonly Regex TextOrAlias = new(
        $"\"(?:[^\"\\\\\n]|\\\\.)*\"|\\b{Aliases.Prefix}(?<name>{string.Join("|", Aliases.Names)})\\b", RegexOptions.CultureInvariant);

    /// <summary>The code with another prefix of the aliases, for models that see a name like one of them: C# takes no alias beside a type of its name.</summary>
    public static string WithPrefix(string prefix, string code) => prefix == Aliases.Prefix
        ? code
        : TextOrAlias.Replace(code, match => match.Groups["name"] is { Success: true } name ? prefix + name.Value : match.Value);

    /// <summary>1,234 in documentation, the same under every culture.</summary>
    public static string Text(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>The number of a layer's units, or the variable that holds it.</summary>
    public static string Units(LayerPlan layer) => layer.Units is { } units ? Number(units) : "outputs";

    public static string Padded(LayerPlan layer) => layer.Padded is { } padded ? Number(padded) : "global::Seq.Embedded.Kernels.Panel.Padded(outputs)";

    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary><c>ref</c> to a float behind another.</summary>
    public static string At(string origin, string offset) => offset == "0" ? $"ref {origin}" : $"ref {Unsafe}.Add(ref {origin}, {offset})";
}
