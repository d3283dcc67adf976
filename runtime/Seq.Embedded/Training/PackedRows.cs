using System.Numerics.Tensors;
using Seq.Embedded.Kernels;

namespace Seq.Embedded.Training;

/// <summary>
/// Where the time steps of a shard's sequences lie: packed by time, longest sequence first. The rows of time step t are those of the
/// first RowCount(t) sequences, so sequences of different lengths need no padding and no mask.
/// </summary>
public sealed class PackedRows
{
    private readonly int[] _firstRow;
    private readonly int[] _length;
    private readonly int[] _lastRow;
    private readonly int[] _inputPosition;

    internal PackedRows(int maxSequences, int maxSteps)
    {
        _firstRow = new int[maxSteps + 1];
        _length = new int[maxSequences];
        _lastRow = new int[maxSequences];
        _inputPosition = new int[maxSequences];
    }

    /// <summary>Values, of 4 bytes each, of the tables.</summary>
    internal static long GetValues(int maxSequences, int maxSteps) => maxSteps + 1L + (3L * maxSequences);

    /// <summary>The most steps of a sequence.</summary>
    internal int MaxSteps => _firstRow.Length - 1;

    /// <summary>Number of sequences.</summary>
    public int Sequences { get; private set; }

    /// <summary>Length of the longest sequence.</summary>
    public int Steps { get; private set; }

    /// <summary>Time steps of all sequences together.</summary>
    public int Rows => _firstRow[Steps];

    /// <summary>First row of a time step.</summary>
    public int FirstRow(int step) => _firstRow[step];

    /// <summary>Number of sequences that reach a time step.</summary>
    public int RowCount(int step) => _firstRow[step + 1] - _firstRow[step];

    /// <summary>The first row of every time step.</summary>
    internal ReadOnlySpan<int> FirstRows => _firstRow;

    /// <summary>Position on the axis of the input of the sequence at a position of this one: targets have an order of their own.</summary>
    internal int InputPosition(int position) => _inputPosition[position];

    internal int Length(int position) => _length[position];

    internal int Row(int position, int step) => _firstRow[step] + position;

    /// <summary>The row of the last time step of a sequence.</summary>
    internal int LastRow(int position) => _lastRow[position];

    internal void Clear() => (Sequences, Steps) = (0, 0);

    /// <summary>Adds a sequence; callers add them from the longest to the shortest.</summary>
    internal void Add(int length, int inputPosition)
    {
        _inputPosition[Sequences] = inputPosition;
        _length[Sequences++] = length;
        Steps = Math.Max(Steps, length);
    }

    /// <summary>Lays out the rows of the sequences that were added.</summary>
    internal void Pack()
    {
        int reaching = Sequences;
        _firstRow[0] = 0;
        for (int t = 0; t < Steps; t++)
        {
            while (reaching > 0 && _length[reaching - 1] <= t)
            {
                reaching--;
            }

            _firstRow[t + 1] = _firstRow[t] + reaching;
        }

        for (int position = 0; position < Sequences; position++)
        {
            _lastRow[position] = _length[position] == 0 ? 0 : Row(position, _length[position] - 1);
        }
    }

    /// <summary>Copies the last time step of every sequence: (Rows, width) to (Sequences, width).</summary>
    public void GatherLast(ReadOnlySpan<float> rows, int width, Span<float> last)
    {
        for (int position = 0; position < Sequences; position++)
        {
            rows.Slice(_lastRow[position] * width, width).CopyTo(last.Slice(position * width, width));
        }
    }

    /// <summary>The inverse for gradients: adds (Sequences, width) to the last time steps among (Rows, width).</summary>
    public void ScatterLast(ReadOnlySpan<float> last, int width, Span<float> rows)
    {
        for (int position = 0; position < Sequences; position++)
        {
            Span<float> row = rows.Slice(_lastRow[position] * width, width);
            TensorPrimitives.Add(row, last.Slice(position * width, width), row);
        }
    }

    /// <summary>Copies the first <paramref name="width"/> values of every row to columns of other rows.</summary>
    public void CopyColumns(ReadOnlySpan<float> rows, int stride, int width, Span<float> destination, int destinationStride, int firstColumn)
    {
        for (int row = 0; row < Rows; row++)
        {
            rows.Slice(row * stride, width).CopyTo(destination.Slice((row * destinationStride) + firstColumn, width));
        }
    }

    /// <summary>The inverse for gradients: adds columns of every row to the first values of other rows.</summary>
    public void AddColumns(ReadOnlySpan<float> rows, int stride, int firstColumn, int width, Span<float> destination, int destinationStride)
    {
        for (int row = 0; row < Rows; row++)
        {
            Span<float> sum = destination.Slice(row * destinationStride, width);
            TensorPrimitives.Add(sum, rows.Slice((row * stride) + firstColumn, width), sum);
        }
    }

    /// <summary>Copies the last time step of every source to the rows of the targets: (source.Rows, width) to (Sequences, width).</summary>
    public void TakeLast(PackedRows source, ReadOnlySpan<float> rows, int width, Span<float> initial)
    {
        for (int position = 0; position < Sequences; position++)
        {
            rows.Slice(source._lastRow[_inputPosition[position]] * width, width).CopyTo(initial.Slice(position * width, width));
        }
    }

    /// <summary>Copies a row of every source to the row of its target: (Sequences, width) each.</summary>
    public void TakeRows(ReadOnlySpan<float> sources, int width, Span<float> targets)
    {
        for (int position = 0; position < Sequences; position++)
        {
            sources.Slice(_inputPosition[position] * width, width).CopyTo(targets.Slice(position * width, width));
        }
    }

    /// <summary>The inverse for gradients: adds the row of every target to that of its source.</summary>
    public void ReturnRows(ReadOnlySpan<float> targets, int width, Span<float> sources)
    {
        for (int position = 0; position < Sequences; position++)
        {
            Span<float> row = sources.Slice(_inputPosition[position] * width, width);
            TensorPrimitives.Add(row, targets.Slice(position * width, width), row);
        }
    }

    /// <summary>
    /// Copies the rows of every sequence in the reverse order of time, whole or chunk by chunk; the lengths of the sequences are their own, so doing it twice gives the rows again.
    /// </summary>
    /// <param name="source">The rows (Rows, sourceStride).</param>
    /// <param name="sourceStride">Floats from one row of the source to the next.</param>
    /// <param name="width">Values of a row.</param>
    /// <param name="result">Receives the rows (Rows, stride).</param>
    /// <param name="stride">Floats from one row of the result to the next.</param>
    /// <param name="chunk">Time steps of a chunk; the last chunk of a sequence is as long as what is left.</param>
    public void Reverse(ReadOnlySpan<float> source, int sourceStride, int width, Span<float> result, int stride, int chunk = int.MaxValue)
    {
        for (int t = 0; t < Steps; t++)
        {
            for (int position = 0; position < RowCount(t); position++)
            {
                int from = Row(position, Mirrored(position, t, chunk));
                source.Slice(from * sourceStride, width).CopyTo(result.Slice(Row(position, t) * stride, width));
            }
        }
    }

    /// <summary>The same for gradients: adds the rows to those of the result.</summary>
    /// <param name="source">The rows (Rows, sourceStride).</param>
    /// <param name="sourceStride">Floats from one row of the source to the next.</param>
    /// <param name="width">Values of a row.</param>
    /// <param name="result">The rows that are added to (Rows, stride).</param>
    /// <param name="stride">Floats from one row of the result to the next.</param>
    /// <param name="chunk">Time steps of a chunk; the last chunk of a sequence is as long as what is left.</param>
    public void AddReversed(ReadOnlySpan<float> source, int sourceStride, int width, Span<float> result, int stride, int chunk = int.MaxValue)
    {
        for (int t = 0; t < Steps; t++)
        {
            for (int position = 0; position < RowCount(t); position++)
            {
                int from = Row(position, Mirrored(position, t, chunk));
                Span<float> row = result.Slice(Row(position, t) * stride, width);
                TensorPrimitives.Add(row, source.Slice(from * sourceStride, width), row);
            }
        }
    }

    /// <summary>
    /// Adds the gradient of recurrent weights: sum over time of deltas(t) times state(t - 1), the state before the first step being <paramref name="initial"/>.
    /// Time steps with the same number of rows go into one call, as their rows lie side by side.
    /// </summary>
    /// <param name="states">The state after every time step (Rows, stride).</param>
    /// <param name="initial">The state before the first (Sequences, stride).</param>
    /// <param name="stride">Floats from one row of the states to the next.</param>
    /// <param name="deltas">Rows of deltas in slots.</param>
    /// <param name="slots">Slots per unit block.</param>
    /// <param name="firstSlot">First slot that the operand feeds.</param>
    /// <param name="gradient">The panel of gradients to add to.</param>
    /// <param name="units">Units of the layer.</param>
    /// <param name="columns">Columns of the panel.</param>
    /// <param name="vectors">Vectors per column.</param>
    /// <param name="bias">False: the biases are not trained.</param>
    /// <param name="chunk">Time steps after which the states start anew from the initial ones.</param>
    public void AccumulateRecurrent(
        ReadOnlySpan<float> states, ReadOnlySpan<float> initial, int stride, ReadOnlySpan<float> deltas, int slots, int firstSlot,
        Span<float> gradient, int units, int columns, int vectors, bool bias = true, int chunk = int.MaxValue)
    {
        int deltaStride = slots * Panel.Padded(units);
        for (int t = 0; t < Steps;)
        {
            int count = RowCount(t), end = t + 1;
            bool starts = t % chunk == 0;
            while (!starts && end < Steps && end % chunk != 0 && RowCount(end) == count && RowCount(end - 1) == count && RowCount(t - 1) == count)
            {
                end++;
            }

            PanelProduct.AccumulateOuter(
                starts ? initial : states[(FirstRow(t - 1) * stride)..], (end - t) * count, stride, deltas[(FirstRow(t) * deltaStride)..], slots, firstSlot,
                gradient, units, columns, vectors, bias);
            t = end;
        }
    }

    /// <summary>The time step that stands in the place of another when each chunk of a sequence is reversed.</summary>
    private int Mirrored(int position, int step, int chunk)
    {
        int first = step - (step % chunk), last = (int)Math.Min((long)first + chunk, _length[position]) - 1;
        return first + last - step;
    }
}
