using System.Globalization;

namespace Seq.Embedded.Generator.Diagnostics;

/// <summary>How a diagnostic tells the code fixes what would repair it: one property a remedy. The code fixes compile this file too.</summary>
internal sealed class RemedyText(int offset, string argument, string value)
{
    /// <summary>The place of the remedy, in characters behind the start of the diagnostic's: the argument, or the attribute where it is not written out.</summary>
    public int Offset { get; } = offset;

    /// <summary>Name of the argument; <c>class</c> for a modifier of the class.</summary>
    public string Argument { get; } = argument;

    /// <summary>Its new value as C#, an enumeration's without the type; or the modifier to remove.</summary>
    public string Value { get; } = value;

    /// <summary>Name of the property that holds remedy number <paramref name="index"/>.</summary>
    public static string Key(int index) => "Seq.Remedy" + index.ToString(CultureInfo.InvariantCulture);

    public override string ToString() => string.Join(" ", Offset.ToString(CultureInfo.InvariantCulture), Argument, Value);

    /// <summary>The remedies of a diagnostic, in their order.</summary>
    public static IEnumerable<RemedyText> Read(IReadOnlyDictionary<string, string?> properties)
    {
        for (int i = 0; properties.TryGetValue(Key(i), out string? text) && text is not null; i++)
        {
            string[] parts = text.Split([' '], 3);
            yield return new RemedyText(int.Parse(parts[0], CultureInfo.InvariantCulture), parts[1], parts[2]);
        }
    }
}
