namespace KeywordSpotter.Reports;

/// <summary>One line of a plot.</summary>
/// <param name="Name">For the legend, which a plot of several lines has.</param>
/// <param name="Points">In the order in which they are joined.</param>
internal sealed record PlotSeries(string Name, IReadOnlyList<PlotPoint> Points);
