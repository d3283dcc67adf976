namespace KeywordSpotter.Reports;

/// <summary>A cell of a table.</summary>
/// <param name="Text">Its text.</param>
/// <param name="Part">How strongly it is shaded, 0 to 1.</param>
/// <param name="Wrong">Whether the shade is that of mistakes.</param>
internal readonly record struct HtmlCell(string Text, double Part = 0, bool Wrong = false)
{
    /// <summary>Audio that the cell plays, a WAV file as a <c>data:</c> address; null for none.</summary>
    public string? Audio { get; init; }
}
