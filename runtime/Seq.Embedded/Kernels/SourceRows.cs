namespace Seq.Embedded.Kernels;

/// <summary>The rows of one source sequence, where they lie: side by side in a stream, packed with those of other sequences in training.</summary>
/// <param name="rows">Memory of the rows.</param>
/// <param name="stride">Floats from one row to the next.</param>
/// <param name="firstRow">The first row of each time step, or empty where the rows of the sequence lie side by side.</param>
/// <param name="position">Position of the sequence among those of a time step.</param>
/// <param name="steps">Time steps of the sequence.</param>
public readonly ref struct SourceRows(Span<float> rows, int stride, ReadOnlySpan<int> firstRow, int position, int steps)
{
    private readonly Span<float> _rows = rows;
    private readonly ReadOnlySpan<int> _firstRow = firstRow;

    /// <summary>Time steps of the sequence.</summary>
    public int Steps => steps;

    /// <summary>The row of a time step.</summary>
    public Span<float> this[int step] => _rows.Slice((_firstRow.IsEmpty ? step : _firstRow[step] + position) * stride, stride);
}
