using System.Text;

namespace KeywordSpotter.Reports;

/// <summary>A command as one types it into a shell.</summary>
internal static class CommandText
{
    private const string Plain = "-_./:=,+@%";

    /// <summary>A list of words, those in quotes that a shell would read otherwise.</summary>
    public static string Of(IEnumerable<string> words)
    {
        var text = new StringBuilder();
        foreach (string word in words)
        {
            text.Append(text.Length > 0 ? " " : "").Append(Quote(word));
        }

        return text.ToString();
    }

    private static string Quote(string word) =>
        word.Length > 0 && word.All(character => char.IsAsciiLetterOrDigit(character) || Plain.Contains(character))
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
