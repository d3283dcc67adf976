using System.Globalization;
using System.Text;
using KeywordSpotter.Evaluation;

namespace KeywordSpotter.Reports;

/// <summary>How scores are spread where a keyword is spoken and where it is not, over log-odds, so that what lies near 0 and near 1 can be told apart.</summary>
internal sealed class ScoreHistogram : IFigure
{
    private const double Width = 400;
    private const double Height = 240;
    private const double Left = 48;
    private const double Right = 12;
    private const double Top = 22;
    private const double Bottom = 42;
    private const double Lowest = -6; // log-odds
    private const double Highest = 8;
    private const int Bins = 28;

    private static readonly double[] s_ticks = [0.01, 0.1, 0.5, 0.9, 0.99, 0.999];

    /// <summary>A name that no other picture of the page has.</summary>
    public required string Id { get; init; }

    public required string Title { get; init; }

    /// <summary>The highest score in each clip of the keyword.</summary>
    public required IReadOnlyList<float> Spoken { get; init; }

    /// <summary>The peaks of the score where the keyword is not spoken.</summary>
    public required IReadOnlyList<float> Other { get; init; }

    public required float Threshold { get; init; }

    /// <inheritdoc/>
    public string ToHtml()
    {
        double[][] parts = [Spread(Spoken), Spread(Other)];
        PlotAxis y = PlotAxis.Of(parts.SelectMany(part => part), PlotScale.SquareRoot, whole: false, fromZero: true);
        double AtY(double value) => Height - Bottom - (y.Place(value) * (Height - Top - Bottom));
        string[] names = [Text($"spoken, {Spoken.Count} clips"), Text($"not spoken, {Other.Count} peaks")];
        string words = Text($"At or above the threshold, {Threshold:0.00###}, are {Spoken.Count(score => score >= Threshold)} of {Spoken.Count} clips of the keyword and {Other.Count(score => score >= Threshold)} of {Other.Count} peaks elsewhere.");
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<figure>\n<figcaption>{Html.Escape(Title)}</figcaption>\n<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-labelledby=\"{Id}-title {Id}-text\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<title id=\"{Id}-title\">{Html.Escape(Title)}</title>\n<desc id=\"{Id}-text\">{Html.Escape(words)}</desc>\n<g class=\"axes\">\n");
        foreach (double tick in y.Ticks)
        {
            string at = Html.Number(AtY(tick));
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{Left} {at}H{Width - Right}\"/><text x=\"{Left - 6}\" y=\"{at}\" dy=\"4\" text-anchor=\"end\">{PlotAxis.Label(tick)}</text>\n");
        }

        foreach (double tick in s_ticks)
        {
            string at = Html.Number(AtX(ScorePeaks.LogOdds(tick)));
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{at} {Height - Bottom}v4\"/><text x=\"{at}\" y=\"{Height - Bottom + 17}\" text-anchor=\"middle\">{PlotAxis.Label(tick)}</text>\n");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 6}\" text-anchor=\"middle\">score (scale of log-odds); % of each, square-root scale</text>\n</g>\n");
        double bin = (Width - Left - Right) / Bins;
        for (int series = 0; series < parts.Length; series++)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<g class=\"bars series{series}\">");
            for (int i = 0; i < Bins; i++)
            {
                if (parts[series][i] > 0)
                {
                    double top = AtY(parts[series][i]);
                    svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{Html.Number(Left + (i * bin) + (series * bin / 2))}\" y=\"{Html.Number(top)}\" width=\"{Html.Number((bin / 2) - 0.5)}\" height=\"{Html.Number(Height - Bottom - top)}\"><title>{Note(i, parts[series][i])}</title></rect>");
                }
            }

            svg.Append("</g>\n");
        }

        double limit = AtX(ScorePeaks.LogOdds(Threshold));
        svg.Append(CultureInfo.InvariantCulture, $"<g class=\"limit\"><path d=\"M{Html.Number(limit)} {Top - 4}V{Height - Bottom}\"/><text x=\"{Html.Number(Math.Clamp(limit, Left + 40, Width - Right - 40))}\" y=\"{Top - 8}\" text-anchor=\"middle\">threshold {Text($"{Threshold:0.00###}")}</text></g>\n</svg>\n");
        return svg.Append(CultureInfo.InvariantCulture, $"<p class=\"legend\"><span class=\"series0\"><i></i>{names[0]}</span> <span class=\"series1\"><i></i>{names[1]}</span></p>\n</figure>\n").ToString();
    }

    /// <summary>Part of the scores in each bin, in percent; those beyond the ends are in the last ones.</summary>
    private static double[] Spread(IReadOnlyList<float> scores)
    {
        var parts = new double[Bins];
        foreach (float score in scores)
        {
            int bin = (int)((ScorePeaks.LogOdds(score) - Lowest) / (Highest - Lowest) * Bins);
            parts[Math.Clamp(bin, 0, Bins - 1)] += 100.0 / scores.Count;
        }

        return parts;
    }

    private static string Note(int bin, double part)
    {
        double from = Lowest + (bin * (Highest - Lowest) / Bins);
        return Text($"{ScorePeaks.FromLogOdds(from):0.000#} to {ScorePeaks.FromLogOdds(from + ((Highest - Lowest) / Bins)):0.000#}: {part:0.##} %");
    }

    private static double AtX(double logOdds) => Left + (Math.Clamp((logOdds - Lowest) / (Highest - Lowest), 0, 1) * (Width - Left - Right));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
