namespace KeywordSpotter.Reports;

/// <summary>A value of a series; one that is no number leaves a gap.</summary>
/// <param name="X">Place on the horizontal axis.</param>
/// <param name="Y">Place on the vertical axis.</param>
/// <param name="Note">What is shown where one points at it; null for its two values.</param>
internal readonly record struct PlotPoint(double X, double Y, string? Note = null);
