using System.Globalization;

namespace Devices.Usage;

/// <summary>An option of a command: how it is written, what it means and what it allows.</summary>
internal sealed class Option
{
    private const string NotEmpty = "a text that is not empty";

    private Option(string name, string? valueName, string description)
    {
        Name = name;
        ValueName = valueName;
        Description = description;
    }

    /// <summary>With its dashes, such as <c>--model</c>.</summary>
    public string Name { get; }

    /// <summary>What stands for the value in the help text; null for a switch, which has no value.</summary>
    public string? ValueName { get; }

    public string Description { get; }

    public bool Required { get; init; }

    /// <summary>Whether several values may follow.</summary>
    public bool Multiple { get; init; }

    /// <summary>Whether the value may be left out; then it has none, but is given.</summary>
    public bool Optional { get; init; }

    /// <summary>The value when the option is not given; null for none.</summary>
    public string? Preset { get; private init; }

    /// <summary>What a value must be, for the message about one that is not; null when anything goes.</summary>
    private string? Allowed { get; init; }

    private Predicate<string> IsAllowed { get; init; } = _ => true;

    public static Option Switch(string name, string description) => new(name, null, description);

    public static Option Text(string name, string valueName, string description, bool required = false) =>
        new(name, valueName, description) { Required = required, Allowed = NotEmpty, IsAllowed = text => text.Length > 0 };

    public static Option Folders(string name, string description) => Texts(name, "dir", description);

    /// <summary>Several texts, all told by the name of the value.</summary>
    public static Option Texts(string name, string valueName, string description) =>
        new(name, valueName, description) { Multiple = true, Allowed = NotEmpty, IsAllowed = text => text.Length > 0 };

    /// <summary>A number from <paramref name="minimum"/> to <paramref name="maximum"/>.</summary>
    public static Option Number(string name, string description, double minimum, double maximum, double? preset = null) => new(name, "number", description)
    {
        Preset = preset?.ToString(CultureInfo.InvariantCulture),
        Allowed = string.Create(CultureInfo.InvariantCulture, $"{minimum} to {maximum}"),
        IsAllowed = text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= minimum && value <= maximum,
    };

    /// <summary>A whole number from <paramref name="minimum"/> to <paramref name="maximum"/>.</summary>
    public static Option Whole(string name, string description, int minimum, int maximum, int preset) => new(name, "number", description)
    {
        Preset = preset.ToString(CultureInfo.InvariantCulture),
        Allowed = string.Create(CultureInfo.InvariantCulture, $"a whole number from {minimum} to {maximum}"),
        IsAllowed = text => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= minimum && value <= maximum,
    };

    /// <summary>A whole number that may be left out.</summary>
    public static Option OptionalWhole(string name, string description, int minimum, int maximum) => new(name, "number", description)
    {
        Optional = true,
        Allowed = Whole(name, description, minimum, maximum, minimum).Allowed,
        IsAllowed = Whole(name, description, minimum, maximum, minimum).IsAllowed,
    };

    /// <summary>One of a few words.</summary>
    public static Option Choice(string name, string valueName, string description, IReadOnlyList<string> allowed, string preset) => new(name, valueName, description)
    {
        Preset = preset,
        Allowed = string.Join(", ", allowed),
        IsAllowed = text => Array.IndexOf([.. allowed], text) >= 0,
    };

    /// <exception cref="UsageException">The value is not allowed; the message names it and what is.</exception>
    public void Check(string value)
    {
        if (!IsAllowed(value))
        {
            throw new UsageException($"{Name} is '{value}'; allowed: {Allowed}");
        }
    }
}
