using System.Globalization;
using System.Net;

namespace KeywordSpotter.Reports;

/// <summary>Texts and numbers as HTML and SVG have them.</summary>
internal static class Html
{
    /// <summary>A text in which nothing is markup, for content and for attributes in double quotes.</summary>
    public static string Escape(string text) => WebUtility.HtmlEncode(text);

    /// <summary>A coordinate, in hundredths at most.</summary>
    public static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
