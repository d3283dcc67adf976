namespace KeywordSpotter.Reports;

/// <summary>One line of a plot, or dots of one colour.</summary>
/// <param name="Name">For the legend, which a plot of several lines has.</param>
/// <param name="Points">In the order in which they are joined.</param>
internal sealed record PlotSeries(string Name, IReadOnlyList<PlotPoint> Points)
{
    /// <summary>Whether points are joined; if not, all of them are drawn, as dots.</summary>
    public bool IsLine { get; init; } = true;
}
