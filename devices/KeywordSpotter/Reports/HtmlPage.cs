using System.Globalization;
using System.Text;

namespace KeywordSpotter.Reports;

/// <summary>
/// A page in one file: nothing is loaded from elsewhere, colours follow the reader's choice of light or dark, and columns the width of the screen.
/// Well-formed as XML, too.
/// </summary>
internal sealed class HtmlPage
{
    private const string Style = """
        :root { color-scheme: light dark; --back: #fff; --fore: #1c2128; --soft: #57606a; --line: #d8dee4; --card: #f6f8fa; --good: #1a7f37; --bad: #c4432b;
          --c0: #0b62d6; --c1: #b35900; --c2: #7a3fc0; --c3: #1a7f37; }
        @media (prefers-color-scheme: dark) { :root { --back: #14181d; --fore: #e6e9ed; --soft: #9aa4b0; --line: #343c46; --card: #1d232a; --good: #4ac26b; --bad: #ff8a70;
          --c0: #6cb2ff; --c1: #ffa657; --c2: #c9a2ff; --c3: #4ac26b; } }
        * { box-sizing: border-box; }
        body { margin: 0 auto; padding: 1rem; max-width: 72rem; background: var(--back); color: var(--fore); font: 1rem/1.5 system-ui, sans-serif; }
        h1 { font-size: 1.5rem; line-height: 1.25; margin: .5rem 0 .25rem; overflow-wrap: anywhere; }
        h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line); }
        p { margin: .4rem 0; max-width: 46rem; overflow-wrap: anywhere; }
        .state, figcaption, caption, dt { color: var(--soft); }
        .grid { display: grid; gap: 1rem 1.5rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); }
        .facts { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 9rem), 1fr)); margin: 1rem 0; }
        .facts div { background: var(--card); border-radius: .5rem; padding: .6rem .8rem; }
        dt { font-size: .85rem; }
        dd { margin: 0; font-size: 1.35rem; font-weight: 600; }
        dd small { display: block; font-size: .8rem; font-weight: 400; color: var(--soft); line-height: 1.3; }
        figure { margin: 0 0 .75rem; min-width: 0; max-width: 28rem; }
        figcaption { font-size: .9rem; }
        svg { display: block; width: 100%; height: auto; font: 12px system-ui, sans-serif; }
        .axes path { stroke: var(--line); fill: none; }
        .axes text { fill: var(--soft); }
        .series path { fill: none; stroke: var(--c); stroke-width: 1.8; stroke-linejoin: round; }
        .series circle { fill: var(--c); }
        .series0 { --c: var(--c0); } .series1 { --c: var(--c1); } .series2 { --c: var(--c2); } .series3 { --c: var(--c3); }
        .series1 path { stroke-dasharray: 6 3; } .series2 path { stroke-dasharray: 2 3; } .series3 path { stroke-dasharray: 9 3 2 3; }
        .mark circle { fill: none; stroke: var(--fore); stroke-width: 1.8; }
        .mark text { fill: var(--fore); font-weight: 600; paint-order: stroke; stroke: var(--back); stroke-width: 4px; }
        .legend { font-size: .85rem; } .legend span { margin-right: 1rem; } .legend i { display: inline-block; width: 1rem; border-top: 3px solid var(--c); margin-right: .35rem; vertical-align: middle; }
        .frame { overflow-x: auto; margin: .5rem 0; }
        table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
        caption { text-align: left; padding-bottom: .35rem; }
        th, td { padding: .25rem .7rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
        th:first-child { text-align: left; max-width: 16rem; overflow: hidden; text-overflow: ellipsis; }
        thead th { font-weight: 600; } tbody th { font-weight: 400; }
        .kept { font-weight: 600; background: var(--card); } .kept th { font-weight: 600; }
        .right { background: color-mix(in srgb, var(--good) calc(5% + 35% * var(--part)), transparent); }
        .wrong { background: color-mix(in srgb, var(--bad) calc(15% + 40% * var(--part)), transparent); }
        @media (max-width: 32rem) { table { font-size: .8rem; } th, td { padding: .25rem .4rem; } dd { font-size: 1.15rem; } }
        audio { width: 12rem; max-width: 60vw; height: 2rem; vertical-align: middle; }
        .bars rect { fill: var(--c); }
        .limit path { stroke: var(--fore); stroke-width: 1.5; stroke-dasharray: 4 3; fill: none; } .limit text { fill: var(--fore); font-weight: 600; paint-order: stroke; stroke: var(--back); stroke-width: 4px; }
        details { margin: .75rem 0; } summary { cursor: pointer; }
        pre { background: var(--card); border-radius: .5rem; padding: .75rem; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .85rem; }
        """;

    private readonly StringBuilder _body = new();
    private readonly string _title;
    private readonly int _refreshSeconds;

    /// <param name="title">Also the first heading.</param>
    /// <param name="refreshSeconds">After how long a browser loads the page again, for one that is still being written; 0 for never.</param>
    public HtmlPage(string title, int refreshSeconds = 0)
    {
        _title = title;
        _refreshSeconds = refreshSeconds;
        _body.Append(CultureInfo.InvariantCulture, $"<h1>{Html.Escape(title)}</h1>\n");
    }

    /// <summary>Begins a part of the page.</summary>
    public void Heading(string text) => _body.Append(CultureInfo.InvariantCulture, $"<h2>{Html.Escape(text)}</h2>\n");

    public void Paragraph(string text) => _body.Append(CultureInfo.InvariantCulture, $"<p>{Html.Escape(text)}</p>\n");

    /// <summary>A text whose spaces count, such as a command.</summary>
    public void Code(string text) => _body.Append(CultureInfo.InvariantCulture, $"<pre><code>{Html.Escape(text)}</code></pre>\n");

    /// <summary>Large figures side by side, each with its name above it and a remark below.</summary>
    public void Facts(params (string Name, string Figure, string Remark)[] facts)
    {
        _body.Append("<dl class=\"facts\">\n");
        foreach ((string name, string figure, string remark) in facts)
        {
            _body.Append(CultureInfo.InvariantCulture, $"<div><dt>{Html.Escape(name)}</dt><dd>{Html.Escape(figure)}<small>{Html.Escape(remark)}</small></dd></div>\n");
        }

        _body.Append("</dl>\n");
    }

    /// <summary>Plots, as many side by side as there is room for.</summary>
    public void Plots(params IFigure[] plots)
    {
        _body.Append("<div class=\"grid\">\n");
        foreach (IFigure plot in plots)
        {
            _body.Append(plot.ToHtml());
        }

        _body.Append("</div>\n");
    }

    public void Table(HtmlTable table) => _body.Append(table.ToHtml());

    /// <summary>A table that is shown when asked for.</summary>
    public void Folded(string summary, HtmlTable table) =>
        _body.Append(CultureInfo.InvariantCulture, $"<details><summary>{Html.Escape(summary)}</summary>\n{table.ToHtml()}</details>\n");

    public override string ToString()
    {
        string refresh = _refreshSeconds > 0 ? string.Create(CultureInfo.InvariantCulture, $"<meta http-equiv=\"refresh\" content=\"{_refreshSeconds}\"/>\n") : "";
        return $"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n{refresh}"
            + $"<title>{Html.Escape(_title)}</title>\n<style>\n{Style}\n</style>\n</head>\n<body>\n<main>\n{_body}</main>\n</body>\n</html>\n";
    }
}
