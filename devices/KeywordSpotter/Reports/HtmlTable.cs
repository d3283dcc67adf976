using System.Globalization;
using System.Text;

namespace KeywordSpotter.Reports;

/// <summary>A table of a page: the first column names the rows. A wide one scrolls inside its own frame.</summary>
/// <param name="caption">What the table shows.</param>
/// <param name="columns">Heads of the columns.</param>
internal sealed class HtmlTable(string caption, params string[] columns)
{
    private readonly StringBuilder _rows = new();

    /// <summary>Adds a row.</summary>
    /// <param name="cells">As many as there are columns, or fewer.</param>
    public void Add(params string[] cells) => Add(false, Array.ConvertAll(cells, cell => new HtmlCell(cell)));

    /// <summary>Adds a row.</summary>
    /// <param name="marked">Whether it stands out.</param>
    /// <param name="cells">As many as there are columns, or fewer.</param>
    public void Add(bool marked, params HtmlCell[] cells)
    {
        _rows.Append(marked ? "<tr class=\"kept\">" : "<tr>");
        for (int i = 0; i < cells.Length; i++)
        {
            (string text, double part, bool wrong) = cells[i];
            string player = cells[i].Audio is { } audio ? $"<audio controls=\"controls\" preload=\"none\" src=\"{audio}\"></audio>" : "";
            string tag = i == 0 ? "th scope=\"row\"" : "td";
            string shade = part > 0 ? string.Create(CultureInfo.InvariantCulture, $" class=\"{(wrong ? "wrong" : "right")}\" style=\"--part:{part:0.###}\"") : "";
            _rows.Append(CultureInfo.InvariantCulture, $"<{tag}{shade}>{Html.Escape(text)}{player}</{(i == 0 ? "th" : "td")}>");
        }

        _rows.Append("</tr>\n");
    }

    /// <summary>The table element in its frame, which can be scrolled with keys.</summary>
    public string ToHtml()
    {
        var html = new StringBuilder();
        html.Append(CultureInfo.InvariantCulture, $"<div class=\"frame\" tabindex=\"0\" role=\"region\" aria-label=\"{Html.Escape(caption)}\"><table>\n<caption>{Html.Escape(caption)}</caption>\n<thead><tr>");
        foreach (string column in columns)
        {
            html.Append(CultureInfo.InvariantCulture, $"<th scope=\"col\">{Html.Escape(column)}</th>");
        }

        return html.Append("</tr></thead>\n<tbody>\n").Append(_rows).Append("</tbody>\n</table></div>\n").ToString();
    }
}
