namespace KeywordSpotter.Reports;

/// <summary>How values become places on an axis.</summary>
internal enum PlotScale
{
    /// <summary>In proportion.</summary>
    Linear,

    /// <summary>In proportion to the square root: has room for small values beside large ones, and a place for 0. Values below 0 are not shown.</summary>
    SquareRoot,

    /// <summary>In proportion to the logarithm. Values that have none, such as 0, are at the low end, which then is labelled 0.</summary>
    Logarithmic,
}
