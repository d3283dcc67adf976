using System.Globalization;
using System.Text;

namespace Seq.Embedded.Weights;

/// <summary>A weight file is malformed, or does not fit the model it is loaded into (or saved from).</summary>
/// <remarks>The message is one line: <c>FILE: tensor 'NAME': found X; expected Y.</c></remarks>
public sealed class WeightFileException : Exception
{
    private const int LongestText = 96;

    /// <summary>Creates the exception.</summary>
    /// <param name="file">The file, as the caller named it.</param>
    /// <param name="tensor">The tensor concerned, or null when the file as a whole is wrong.</param>
    /// <param name="found">What is in the file.</param>
    /// <param name="expected">What is allowed there.</param>
    /// <param name="innerException">The cause, or null.</param>
    public WeightFileException(string file, string? tensor, string found, string expected, Exception? innerException = null)
        : base(Compose(file, tensor, found, expected), innerException)
    {
        File = file;
        Tensor = tensor;
        Found = found;
        Expected = expected;
    }

    /// <summary>The file, as the caller named it.</summary>
    public string File { get; }

    /// <summary>The tensor concerned, or null when the file as a whole is wrong.</summary>
    public string? Tensor { get; }

    /// <summary>What is in the file.</summary>
    public string Found { get; }

    /// <summary>What is allowed there.</summary>
    public string Expected { get; }

    /// <summary>Text from a file, in quotes, fit for a one-line message: control characters escaped, long text cut.</summary>
    internal static string Quote(string text)
    {
        StringBuilder quoted = new("'");
        foreach (char c in text.Length > LongestText ? text.AsSpan(0, LongestText) : text)
        {
            _ = char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029'
                ? quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}")
                : quoted.Append(c);
        }

        return quoted.Append(text.Length > LongestText ? "...'" : "'").ToString();
    }

    private static string Compose(string file, string? tensor, string found, string expected)
    {
        string place = tensor is null ? "" : $" tensor {Quote(tensor)}:";
        return $"{file}:{place} found {found}; expected {expected}.";
    }
}
