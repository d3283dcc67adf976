using System.Globalization;

namespace SpokenWords.Data;

/// <summary>The speakers whose <see cref="SpeakerSplit.Percentage"/> lies in a range.</summary>
/// <param name="From">Lowest percentage.</param>
/// <param name="To">The first percentage above the range.</param>
internal sealed record SpeakerRange(double From, double To)
{
    /// <summary>The text of an option that takes a range.</summary>
    public static string Help(string what) =>
        $"Speakers whose number from 0 to 100 (a hash of the name) lies in this range {what}. Google Speech Commands: 0-10 is its validation part, 10-20 its test part.";

    /// <summary>Reads <c>from-to</c>.</summary>
    /// <exception cref="UsageException">It is no range within 0 to 100.</exception>
    public static SpeakerRange Parse(string option, string text)
    {
        string[] sides = text.Split('-');
        return sides.Length == 2
            && double.TryParse(sides[0], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double from)
            && double.TryParse(sides[1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double to)
            && from < to && to <= 100
                ? new SpeakerRange(from, to)
                : throw new UsageException($"{option} is '{text}'; allowed: two numbers from 0 to 100, such as 0-10");
    }

    public bool Contains(string speaker) => SpeakerSplit.Percentage(speaker) is double percentage && percentage >= From && percentage < To;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{From}-{To}");
}
