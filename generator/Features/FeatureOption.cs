namespace Seq.Embedded.Generator.Features;

/// <summary>A setting of [AudioFeatures]: what it may be, and which kinds of features it is of.</summary>
internal sealed class FeatureOption
{
    public FeatureOption(string name, params string[] choices)
    {
        Name = name;
        Choices = choices;
        Default = choices[0];
    }

    public FeatureOption(string name, double min, double max, string otherwise, bool isWhole = false)
    {
        Name = name;
        Choices = [];
        Min = min;
        Max = max;
        IsWhole = isWhole;
        Default = otherwise;
    }

    public string Name { get; }

    /// <summary>The values of an enumeration or of a switch; empty for a number.</summary>
    public string[] Choices { get; }

    public double Min { get; }

    public double Max { get; }

    public bool IsWhole { get; }

    /// <summary>Its value where neither the class nor the preset gives one.</summary>
    public string Default { get; }

    /// <summary>The kinds of features that it is of; empty for all.</summary>
    public string[] Kinds { get; init; } = [];

    public bool IsUsedBy(string kind) => Kinds.Length == 0 || Kinds.Contains(kind);
}
