namespace KeywordSpotter.Reports;

/// <summary>A picture of a page.</summary>
internal interface IFigure
{
    /// <summary>A figure element.</summary>
    string ToHtml();
}
