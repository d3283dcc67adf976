using System.Globalization;
using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Cells;

/// <summary>A kind of layer as the parser and the validator see it: its attribute and what can be set there.</summary>
internal abstract class LayerKind
{
    public const string Embedding = "Embedding";
    public const string OneHot = "OneHot";
    public const string Decoder = "Decoder";
    public const string Attention = "Attention";

    /// <summary>Cells, and the kinds that other nodes make up.</summary>
    public static IReadOnlyList<LayerKind> All => [.. Cell.All, .. OtherKind.All];

    /// <summary>Name of the attribute without its suffix: <c>Gru</c> for <c>Seq.Embedded.GruAttribute</c>.</summary>
    public abstract string Attribute { get; }

    /// <summary>Arguments with named values, and the values allowed, the default first; <c>True</c> and <c>False</c> for a bool.</summary>
    public virtual IReadOnlyDictionary<string, string[]> Options { get; } = new Dictionary<string, string[]>();

    /// <summary>Arguments that are whole numbers, and their ranges.</summary>
    public virtual IReadOnlyDictionary<string, OptionRange> Ranges { get; } = new Dictionary<string, OptionRange>();

    /// <summary>Arguments with a number that only a new model begins with; empty where they are not given.</summary>
    public virtual IReadOnlyList<string> InitialValues { get; } = [];

    /// <summary>The modules of a layer that is more than one, as the names of its tensors go on; empty where it is one.</summary>
    public virtual IReadOnlyList<string> Modules { get; } = [];

    /// <summary>The kind of that name, or null.</summary>
    public static LayerKind? Find(string attribute) => All.FirstOrDefault(kind => kind.Attribute == attribute);

    /// <summary>The kind of a layer: of this library, or a cell that the user writes.</summary>
    public static LayerKind Of(string kind, CellText? text) => text is null ? Find(kind)! : new UserCell(kind, text);

    /// <summary>All options of a layer. One that is left out has its default, so that equal layers have equal specs however they are written.</summary>
    /// <param name="given">Those that are written out, by name; others than the kind's are left alone.</param>
    public IEnumerable<OptionSpec> Complete(IReadOnlyDictionary<string, string> given)
    {
        IEnumerable<OptionSpec> defaults =
        [
            .. Options.Select(option => new OptionSpec(option.Key, option.Value[0])),
            .. Ranges.Select(range => new OptionSpec(range.Key, range.Value.Default.ToString(CultureInfo.InvariantCulture))),
            .. InitialValues.Select(name => new OptionSpec(name, "")),
        ];
        return defaults.Select(option => given.TryGetValue(option.Name, out string value) ? option with { Value = value } : option);
    }
}
