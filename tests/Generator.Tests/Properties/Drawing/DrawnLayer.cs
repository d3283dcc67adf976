using System.Collections.Immutable;
using System.Globalization;

namespace Seq.Embedded.Generator.Tests.Properties.Drawing;

/// <summary>One layer of a drawn spec.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Units">Its number of units; 0: open, or a kind without units.</param>
/// <param name="Settings">The options that are not at their defaults, as C# text.</param>
internal sealed record DrawnLayer(LayerKind Kind, int Units, ImmutableSortedDictionary<string, string> Settings)
{
    public const string NameOption = "Name";

    public static readonly ImmutableSortedDictionary<string, string> NoSettings = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>The value of an option, or an empty text where the kind has no such option.</summary>
    public string this[string option] => Settings.TryGetValue(option, out string? value) ? value : Kind.Options.FirstOrDefault(known => known.Name == option)?.Default ?? "";

    public int Layers => this["Layers"] is { Length: > 0 } layers ? int.Parse(layers, CultureInfo.InvariantCulture) : 1;

    /// <summary>Time steps from one output to the next.</summary>
    public int Stride => this["Stride"] is { Length: > 0 } stride ? int.Parse(stride, CultureInfo.InvariantCulture) : 1;

    public bool IsNamed => Settings.ContainsKey(NameOption);

    public bool IsOpen => Kind.HasUnits && Units == 0;

    public bool IsSoftmax => this["Activation"] == "Activation.Softmax";

    /// <summary>True when a many-to-one model can end its time here: a convolution of kernel 1 without a stride reads one time step alone.</summary>
    public bool ReadsPast => Kind.ReadsPast && (this["Kernel"] != "1" || Stride > 1);

    /// <summary>True when a time step reads later ones.</summary>
    public bool ReadsAhead => this["Direction"] is "Direction.Reverse" or "Direction.Bidirectional";

    /// <summary>True when the outputs are a projection of the units.</summary>
    public bool Projects => this["Projection"] is not ("" or "0");

    public bool Is(string option) => this[option] == "true";

    public int Number(string option) => int.Parse(this[option], CultureInfo.InvariantCulture);

    public DrawnLayer With(string option, string value) =>
        this with { Settings = value == Kind.Option(option).Default ? Settings.Remove(option) : Settings.SetItem(option, value) };

    /// <summary>With an option at its default; the same layer where the kind has no such option.</summary>
    public DrawnLayer Without(string option) => this with { Settings = Settings.Remove(option) };

    /// <summary>With so many outputs of one direction.</summary>
    public DrawnLayer WithOutputs(int size) => Projects
        ? (this with { Units = Math.Max(Units, size + 1) }).With("Projection", size.ToString(CultureInfo.InvariantCulture))
        : this with { Units = size };

    /// <summary>Width of the outputs of each layer of the stack.</summary>
    public int Width(int inputs) => Kind.Width(this, inputs);

    /// <summary>The attribute as C# source.</summary>
    /// <param name="index">Which layer of the model, for its name.</param>
    public string Source(int index)
    {
        List<string> arguments = Kind.HasUnits && !IsOpen ? [Units.ToString(CultureInfo.InvariantCulture)] : [];
        arguments.AddRange(Kind.Options.Where(option => option.Positional).Select(option => this[option.Name]));
        arguments.AddRange(Kind.Options.Where(option => !option.Positional && Settings.ContainsKey(option.Name)).Select(option =>
            $"{option.Name} = {(option.Name == NameOption ? $"\"{NameAt(index)}\"" : Settings[option.Name])}"));
        return arguments.Count == 0 ? $"[{Kind.Attribute}]" : $"[{Kind.Attribute}({string.Join(", ", arguments)})]";
    }

    /// <summary>The name of a layer that has one.</summary>
    public static string NameAt(int index) => string.Create(CultureInfo.InvariantCulture, $"part_{index}.inner");
}
