namespace Seq.Embedded.Generator.Cells;

/// <summary>The attributes that are layers, by name without their suffix: those of cells, and those that have no cell of their own.</summary>
internal static class LayerKinds
{
    public const string Embedding = "Embedding";
    public const string OneHot = "OneHot";

    private static readonly Dictionary<string, string[]> NoOptions = [];

    /// <summary>Options of the kinds without a cell.</summary>
    private static readonly Dictionary<string, IReadOnlyDictionary<string, string[]>> WithoutCell = new() { [OneHot] = NoOptions };

    public static bool Contains(string kind) => WithoutCell.ContainsKey(kind) || Cell.All.Any(cell => cell.Attribute == kind);

    /// <summary>Arguments with named values, and the values allowed, the default first.</summary>
    public static IReadOnlyDictionary<string, string[]> Options(string kind) =>
        WithoutCell.TryGetValue(kind, out IReadOnlyDictionary<string, string[]> options) ? options : Cell.All.Single(cell => cell.Attribute == kind).Options;

    /// <summary>True for what turns tokens into vectors.</summary>
    public static bool TakesTokens(string kind) => kind is Embedding or OneHot;
}
