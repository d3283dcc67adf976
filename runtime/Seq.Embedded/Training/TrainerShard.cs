using System.Numerics.Tensors;
using Seq.Embedded.Kernels;

namespace Seq.Embedded.Training;

/// <summary>
/// A part of a mini-batch with memory of its own for activations and gradients, so that shards can be computed side by side.
/// Its sequences are packed by time, longest first: the rows of time step t are those of the first RowCount(t) sequences,
/// so sequences of different lengths need no padding and no mask.
/// </summary>
public sealed class TrainerShard
{
    // Random numbers of a sequence start at a multiple of 2^40: its time steps (up to 2^24) times the values of a row (up to 2^14) need fewer.
    private const int SequenceBits = 40;

    private readonly AlignedBuffer[] _regions;
    private readonly int[] _firstRow;
    private readonly int[] _sequence;
    private readonly int[] _length;
    private readonly int[] _lastRow;
    private readonly ulong _seed;
    private ulong _dropoutRound;

    internal TrainerShard(TrainerLayout layout, int maxSequences, int maxSteps, int weights, ulong seed)
    {
        int maxRows = checked(maxSequences * maxSteps);
        _seed = seed;
        _regions = new AlignedBuffer[layout.Regions.Count];
        for (int i = 0; i < _regions.Length; i++)
        {
            _regions[i] = new AlignedBuffer(checked((layout.Regions[i].PerRow * maxRows) + (layout.Regions[i].PerSequence * maxSequences)));
        }

        InputRows = new AlignedBuffer(checked(maxRows * layout.InputSize));
        GradientBuffer = new AlignedBuffer(weights);
        _firstRow = new int[maxSteps + 1];
        _sequence = new int[maxSequences];
        _length = new int[maxSequences];
        _lastRow = new int[maxSequences];
    }

    /// <summary>Number of sequences.</summary>
    public int Sequences { get; private set; }

    /// <summary>Length of the longest sequence.</summary>
    public int Steps { get; private set; }

    /// <summary>Time steps of all sequences together.</summary>
    public int Rows => _firstRow[Steps];

    /// <summary>True when dropout is on.</summary>
    public bool Training { get; private set; }

    /// <summary>The input vectors (Rows, I).</summary>
    public ReadOnlySpan<float> Inputs => InputRows.Span;

    /// <summary>The gradient of the weights, packed as the weights are.</summary>
    public Span<float> Gradients => GradientBuffer.Span;

    internal AlignedBuffer InputRows { get; }

    internal AlignedBuffer GradientBuffer { get; }

    /// <summary>First row of a time step.</summary>
    public int FirstRow(int step) => _firstRow[step];

    /// <summary>Number of sequences that reach a time step.</summary>
    public int RowCount(int step) => _firstRow[step + 1] - _firstRow[step];

    /// <summary>One region of the shard's memory.</summary>
    public Span<float> Region(int index) => _regions[index].Span;

    /// <summary>Index in the batch of the sequence at a position of the shard.</summary>
    internal int Sequence(int position) => _sequence[position];

    internal int Length(int position) => _length[position];

    internal int Row(int position, int step) => _firstRow[step] + position;

    internal void Clear() => (Sequences, Steps) = (0, 0);

    /// <summary>Adds a sequence; callers add them from the longest to the shortest.</summary>
    internal void Add(int sequence, int length)
    {
        _sequence[Sequences] = sequence;
        _length[Sequences] = length;
        Sequences++;
        Steps = Math.Max(Steps, length);
    }

    /// <summary>Lays out the rows of the sequences that were added.</summary>
    internal void Pack(bool training, ulong round)
    {
        Training = training;
        _dropoutRound = round;
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

    /// <summary>
    /// Inverted dropout (Srivastava et al. 2014): result = mask * value with mask = 0 or 1 / (1 - probability).
    /// The mask depends on seed, update, layer, sequence, time step and unit only, not on how sequences are spread over shards.
    /// </summary>
    /// <param name="layer">Number of the layer.</param>
    /// <param name="probability">Probability of zero.</param>
    /// <param name="perSequence">True when the rows are sequences, false when they are time steps.</param>
    /// <param name="units">Values of a row.</param>
    /// <param name="stride">Floats from one row to the next.</param>
    /// <param name="values">The rows.</param>
    /// <param name="mask">Receives the mask.</param>
    /// <param name="result">Receives the rows that go on.</param>
    public void Dropout(int layer, float probability, bool perSequence, int units, int stride, ReadOnlySpan<float> values, Span<float> mask, Span<float> result)
    {
        CounterRandom random = new(_seed, (_dropoutRound << 16) | (uint)layer);
        float kept = 1 / (1 - probability);
        for (int position = 0; position < Sequences; position++)
        {
            int steps = perSequence ? 1 : _length[position];
            for (int t = 0; t < steps; t++)
            {
                int at = (perSequence ? position : Row(position, t)) * stride;
                Span<float> row = mask.Slice(at, units);
                random.FillUniform(((ulong)_sequence[position] << SequenceBits) + ((ulong)t * (ulong)stride), row);
                for (int i = 0; i < row.Length; i++)
                {
                    row[i] = row[i] < probability ? 0 : kept;
                }

                TensorPrimitives.Multiply(values.Slice(at, units), row, result.Slice(at, units));
            }
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

    /// <summary>The inverse for gradients: (Sequences, width) to (Rows, width), zero at all other time steps.</summary>
    public void ScatterLast(ReadOnlySpan<float> last, int width, Span<float> rows)
    {
        rows[..(Rows * width)].Clear();
        for (int position = 0; position < Sequences; position++)
        {
            last.Slice(position * width, width).CopyTo(rows.Slice(_lastRow[position] * width, width));
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
    public void AccumulateRecurrent(
        ReadOnlySpan<float> states, ReadOnlySpan<float> initial, int stride, ReadOnlySpan<float> deltas, int slots, int firstSlot,
        Span<float> gradient, int units, int columns, int vectors)
    {
        int deltaStride = slots * Panel.Padded(units);
        PanelProduct.AccumulateOuter(initial, RowCount(0), stride, deltas, slots, firstSlot, gradient, units, columns, vectors);
        for (int t = 1; t < Steps;)
        {
            int count = RowCount(t), end = t + 1;
            while (end < Steps && RowCount(end) == count && RowCount(end - 1) == count && RowCount(t - 1) == count)
            {
                end++;
            }

            PanelProduct.AccumulateOuter(
                states[(FirstRow(t - 1) * stride)..], (end - t) * count, stride, deltas[(FirstRow(t) * deltaStride)..], slots, firstSlot,
                gradient, units, columns, vectors);
            t = end;
        }
    }
}
