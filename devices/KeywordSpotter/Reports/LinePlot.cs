using System.Globalization;
using System.Text;

namespace KeywordSpotter.Reports;

/// <summary>Lines over two axes as an SVG picture inside a page: colours follow the page's, what it shows is also said in words.</summary>
internal sealed class LinePlot : IFigure
{
    // Small, so that its letters can be read where it is as wide as a phone.
    private const double Width = 400;
    private const double Height = 240;
    private const double Left = 48;
    private const double Right = 12;
    private const double Top = 10;
    private const double Bottom = 42;
    private const int MostDots = 200;

    /// <summary>A name that no other plot of the page has.</summary>
    public required string Id { get; init; }

    public required string Title { get; init; }

    /// <summary>What the plot shows, for those who do not see it.</summary>
    public required string Description { get; init; }

    /// <summary>What the horizontal axis shows, with its unit.</summary>
    public required string XTitle { get; init; }

    public required IReadOnlyList<PlotSeries> Series { get; init; }

    /// <summary>A point that stands out, with a few words beside it; null for none.</summary>
    public PlotPoint? Mark { get; init; }

    public PlotScale XScale { get; init; }

    public PlotScale YScale { get; init; }

    /// <summary>Whether the horizontal axis counts.</summary>
    public bool WholeX { get; init; }

    /// <summary>Whether the vertical axis begins at 0.</summary>
    public bool YFromZero { get; init; } = true;

    /// <summary>Values that have a place on the axes even where no point has them.</summary>
    public IReadOnlyList<PlotPoint> Frame { get; init; } = [];

    /// <inheritdoc/>
    public string ToHtml()
    {
        PlotPoint[] all = [.. Series.SelectMany(series => series.Points).Concat(Frame).Where(IsShown)];
        PlotAxis x = PlotAxis.Of(all.Select(point => point.X), XScale, WholeX, fromZero: false);
        PlotAxis y = PlotAxis.Of(all.Select(point => point.Y), YScale, whole: false, YFromZero);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<figure>\n<figcaption>{Html.Escape(Title)}</figcaption>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-labelledby=\"{Id}-title {Id}-text\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<title id=\"{Id}-title\">{Html.Escape(Title)}</title>\n<desc id=\"{Id}-text\">{Html.Escape(Description)}</desc>\n");
        AppendAxes(svg, x, y);
        for (int i = 0; i < Series.Count; i++)
        {
            AppendSeries(svg, Series[i], i, x, y);
        }

        if (Mark is { } mark && IsShown(mark))
        {
            AppendMark(svg, mark, x, y);
        }

        svg.Append("</svg>\n");
        AppendLegend(svg);
        return svg.Append("</figure>\n").ToString();
    }

    private static bool IsShown(PlotPoint point) => double.IsFinite(point.X) && double.IsFinite(point.Y);

    private static double AtX(PlotAxis axis, double value) => Left + (axis.Place(value) * (Width - Left - Right));

    private static double AtY(PlotAxis axis, double value) => Height - Bottom - (axis.Place(value) * (Height - Top - Bottom));

    private void AppendAxes(StringBuilder svg, PlotAxis x, PlotAxis y)
    {
        svg.Append("<g class=\"axes\">\n");
        foreach (double tick in y.Ticks)
        {
            string at = Html.Number(AtY(y, tick));
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{Left} {at}H{Width - Right}\"/><text x=\"{Left - 6}\" y=\"{at}\" dy=\"4\" text-anchor=\"end\">{PlotAxis.Label(tick)}</text>\n");
        }

        foreach (double tick in x.Ticks)
        {
            string at = Html.Number(AtX(x, tick));
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{at} {Height - Bottom}v4\"/><text x=\"{at}\" y=\"{Height - Bottom + 17}\" text-anchor=\"middle\">{PlotAxis.Label(tick)}</text>\n");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 6}\" text-anchor=\"middle\">{Html.Escape(XTitle)}</text>\n</g>\n");
    }

    private static void AppendSeries(StringBuilder svg, PlotSeries series, int index, PlotAxis x, PlotAxis y)
    {
        svg.Append(CultureInfo.InvariantCulture, $"<g class=\"series series{index % 4}\">\n<path d=\"");
        bool joined = false;
        foreach (PlotPoint point in series.Points)
        {
            if (IsShown(point) && series.IsLine)
            {
                svg.Append(joined ? 'L' : 'M').Append(Html.Number(AtX(x, point.X))).Append(' ').Append(Html.Number(AtY(y, point.Y)));
            }

            joined = IsShown(point);
        }

        svg.Append("\"/>\n");
        foreach (PlotPoint point in series.Points.Count <= MostDots || !series.IsLine ? series.Points.Where(IsShown) : [])
        {
            svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{Html.Number(AtX(x, point.X))}\" cy=\"{Html.Number(AtY(y, point.Y))}\" r=\"{(!series.IsLine ? 3.5 : series.Points.Count > 60 ? 1.5 : 2.2)}\"><title>{Html.Escape(point.Note ?? $"{PlotAxis.Label(point.X)}: {PlotAxis.Label(point.Y)}")}</title></circle>\n");
        }

        svg.Append("</g>\n");
    }

    /// <summary>A ring with its words on the side where there is more room, above the point unless it lies at the top.</summary>
    private static void AppendMark(StringBuilder svg, PlotPoint mark, PlotAxis x, PlotAxis y)
    {
        double atX = AtX(x, mark.X);
        double atY = AtY(y, mark.Y);
        bool before = atX > Width / 2;
        svg.Append(CultureInfo.InvariantCulture, $"<g class=\"mark\"><circle cx=\"{Html.Number(atX)}\" cy=\"{Html.Number(atY)}\" r=\"5\"/>");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Html.Number(atX + (before ? -8 : 8))}\" y=\"{Html.Number(atY < Top + 20 ? atY + 16 : atY - 8)}\" text-anchor=\"{(before ? "end" : "start")}\">{Html.Escape(mark.Note ?? "")}</text></g>\n");
    }

    private void AppendLegend(StringBuilder svg)
    {
        if (Series.Count < 2)
        {
            return;
        }

        svg.Append("<p class=\"legend\">");
        for (int i = 0; i < Series.Count; i++)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<span class=\"series{i % 4}\"><i></i>{Html.Escape(Series[i].Name)}</span> ");
        }

        svg.Append("</p>\n");
    }
}
