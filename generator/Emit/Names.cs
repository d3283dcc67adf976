using System.Globalization;
using System.Text.RegularExpressions;
using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Plan;
using Seq.Embedded.Generator.Plan.Nodes;
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

    /// <summary>Two blocks of units of at most so many lanes.</summary>
    public static string Pair(int lanes) => "SeqPair" + Number(lanes);

    /// <summary>The aliases; a model has those that its code names.</summary>
    public static readonly string[] Usings =
    [
        "using SeqInt8 = global::Seq.Embedded.Kernels.Int8PanelProduct;",
        "using SeqLanes = global::Seq.Embedded.Kernels.Lanes;",
        "using SeqMath = global::Seq.Embedded.Kernels.VectorMath;",
        "using SeqMemory = global::System.Runtime.InteropServices.MemoryMarshal;",
        "using SeqPair8 = global::Seq.Embedded.Kernels.LanePair<global::Seq.Embedded.Kernels.LaneLimit.Eight>;",
        "using SeqPair16 = global::Seq.Embedded.Kernels.LanePair<global::Seq.Embedded.Kernels.LaneLimit.Sixteen>;",
        "using SeqPair32 = global::Seq.Embedded.Kernels.LanePair<global::Seq.Embedded.Kernels.LaneLimit.ThirtyTwo>;",
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

    /// <summary>The name that a line of <see cref="Usings"/> gives.</summary>
    public static string AliasOf(string usingLine) => usingLine.Split(' ')[1];

    /// <summary>The number of a layer's units, or the variable that holds it.</summary>
    public static string Units(LayerPlan layer) => layer.Units is { } units ? Number(units) : "outputs";

    /// <summary>Floats of a row of an open layer.</summary>
    public const string OpenPadded = "global::Seq.Embedded.Kernels.Panel.Padded(outputs)";

    public static string Padded(LayerPlan layer) => layer.Padded is { } padded ? Number(padded) : OpenPadded;

    /// <summary>Where a copy of a state lies, in a step.</summary>
    public static string State(StatePlan state, string copy) => $"ref {Unsafe}.Add(ref state, {StateOffset(state, copy)})";

    public static string StateOffset(StatePlan state, string copy) => state.Offset == 0
        ? $"{copy}{Suffix(state.Axis)} * {Number(state.Padded)}"
        : $"{Number(state.Offset)} + ({copy}{Suffix(state.Axis)} * {Number(state.Padded)})";

    /// <summary>A state after the step, as a span.</summary>
    public static string Settled(StatePlan state, string length) => $"_state.Span.Slice({StateOffset(state, "_now")}, {length})";

    /// <summary>The number of units of a space of a layer.</summary>
    public static string Units(LayerPlan layer, CellSpace space) => layer.UnitsOf(space) is { } units ? Number(units) : "outputs";

    public static string Padded(LayerPlan layer, CellSpace space) => layer.PaddedOf(space) is { } padded ? Number(padded) : "global::Seq.Embedded.Kernels.Panel.Padded(outputs)";

    /// <summary>A float literal that reads back as the same float.</summary>
    public static string Single(double value) => ((float)value).ToString("R", CultureInfo.InvariantCulture) + "f";

    /// <summary>The packed rows of an axis of time, in the passes of training.</summary>
    public static string Time(Axis axis) => "time" + Suffix(axis);

    /// <summary>The rows of an axis of time in a chunk of a run.</summary>
    public static string RunCount(Axis axis) => "count" + Suffix(axis);

    /// <summary>How many steps of an axis of time lie before a chunk of a run, since all layers were computed together last.</summary>
    public static string Before(Axis axis) => axis.Index <= 0 ? "_phase" : "before" + Suffix(axis);

    /// <summary>The condition that the time step of a stream is one of an axis of time.</summary>
    public static string IsStep(Axis axis) => $"_phase % {Number(axis.Stride)} == 0";

    /// <summary>Which copy of the states written at the steps of an axis of time is the one of its last step: a field.</summary>
    public static string Now(Axis axis) => "_now" + Suffix(axis);

    /// <summary>What tells the variables of an axis of time from those of the input's.</summary>
    public static string Suffix(Axis axis) => axis.Index <= 0 ? "" : Number(axis.Index);

    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary><c>ref</c> to a float behind another.</summary>
    public static string At(string origin, string offset) => offset == "0" ? $"ref {origin}" : $"ref {Unsafe}.Add(ref {origin}, {offset})";
}
