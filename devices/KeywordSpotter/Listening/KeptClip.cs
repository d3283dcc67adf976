using System.Globalization;

namespace KeywordSpotter.Listening;

/// <summary>What the name of a kept clip says: <c>20261122T000305.120Z_0.93_heard_hey%20robin.wav</c>. Names sort by time.</summary>
/// <param name="Utc">When it was heard, to the millisecond.</param>
/// <param name="Score">Of the word.</param>
/// <param name="IsNearMiss">Whether the score was below the threshold.</param>
/// <param name="Keyword">Any text; in the name it is percent-encoded.</param>
internal sealed record KeptClip(DateTime Utc, float Score, bool IsNearMiss, string Keyword)
{
    public const string Extension = ".wav";

    private const string TimeFormat = "yyyyMMdd'T'HHmmss'.'fff'Z'";
    private const string Heard = "heard";
    private const string Near = "near";

    public string FileName => string.Create(
        CultureInfo.InvariantCulture, $"{Utc.ToString(TimeFormat, CultureInfo.InvariantCulture)}_{Score:0.00}_{(IsNearMiss ? Near : Heard)}_{Uri.EscapeDataString(Keyword)}{Extension}");

    /// <summary>Reads a name, without folder.</summary>
    /// <returns>Null where it is not that of a kept clip.</returns>
    public static KeptClip? Parse(string fileName)
    {
        string[] parts = fileName.Split('_', 4);
        return parts.Length == 4
            && parts[3].Length > Extension.Length
            && parts[3].EndsWith(Extension, StringComparison.Ordinal)
            && parts[2] is Heard or Near
            && float.TryParse(parts[1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out float score)
            && DateTime.TryParseExact(
                parts[0], TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTime utc)
            ? new KeptClip(utc, score, parts[2] == Near, Uri.UnescapeDataString(parts[3][..^Extension.Length]))
            : null;
    }
}
