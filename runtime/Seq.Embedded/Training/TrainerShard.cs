using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Seq.Embedded.Kernels;

namespace Seq.Embedded.Training;

/// <summary>
/// A part of a mini-batch with memory of its own for activations and gradients, so that shards can be computed side by side.
/// Its rows are the steps of its sequences on an axis of time, see <see cref="Time"/>, or the sequences.
/// </summary>
public sealed class TrainerShard
{
    // Random numbers of a sequence start at a multiple of 2^40: its time steps (up to 2^24) times the values of a row (up to 2^15) need fewer.
    private const int SequenceBits = 40;

    private readonly AlignedBuffer[] _regions;
    private readonly PackedRows[] _time;
    private readonly TrainerLayout _layout;
    private readonly int[] _sequence;
    private readonly bool[] _isGiven;
    private readonly ulong _seed;
    private readonly DropoutMask _dropoutMask;
    private ulong _dropoutRound;

    internal TrainerShard(TrainerLayout layout, int maxSequences, TrainerOptions options, int weights)
    {
        _seed = options.Seed;
        _dropoutMask = options.DropoutMask;
        _regions = new AlignedBuffer[layout.Regions.Count];
        for (int i = 0; i < _regions.Length; i++)
        {
            RegionSize region = layout.Regions[i];
            _regions[i] = new AlignedBuffer(checked(maxSequences * ((region.PerRow * layout.GetMaxSteps(region.Axis, options)) + region.PerSequence)));
        }

        InputRows = new AlignedBuffer(checked(maxSequences * layout.GetMaxInputSteps(options) * layout.InputWidth));
        GradientBuffer = new AlignedBuffer(weights);
        _time = new PackedRows[layout.Axes.Count];
        for (int axis = 0; axis < _time.Length; axis++)
        {
            _time[axis] = new PackedRows(maxSequences, layout.GetMaxSteps(axis, options));
        }

        TargetRows = new int[checked(maxSequences * layout.GetMaxTargetSteps(options))];
        _layout = layout;
        _sequence = new int[maxSequences];
        _isGiven = new bool[maxSequences];
    }

    /// <summary>Number of sequences.</summary>
    public int Sequences { get; private set; }

    /// <summary>True when dropout is on.</summary>
    public bool Training { get; private set; }

    /// <summary>The input vectors (Time(0).Rows, I).</summary>
    public ReadOnlySpan<float> Inputs => InputRows.Span;

    /// <summary>The tokens (Time(0).Rows) of a model whose inputs are tokens.</summary>
    public ReadOnlySpan<int> Tokens => MemoryMarshal.Cast<float, int>(InputRows.Span);

    /// <summary>The tokens that the decoder of an encoder-decoder model takes, packed on the axis of the target.</summary>
    public ReadOnlySpan<int> Targets => TargetRows;

    /// <summary>The gradient of the weights, packed as the weights are.</summary>
    public Span<float> Gradients => GradientBuffer.Span;

    internal AlignedBuffer InputRows { get; }

    internal int[] TargetRows { get; }

    internal AlignedBuffer GradientBuffer { get; }

    /// <summary>The steps of the sequences on an axis of time.</summary>
    /// <param name="axis">Number of the axis among <see cref="TrainerLayout.Axes"/>; 0 is that of the input.</param>
    public PackedRows Time(int axis) => _time[axis];

    /// <summary>One region of the shard's memory.</summary>
    public Span<float> Region(int index) => _regions[index].Span;

    /// <summary>Index in the batch of the sequence at a position of an axis of time; without one, of the input.</summary>
    internal int Sequence(int position, PackedRows? time = null) => _sequence[time?.InputPosition(position) ?? position];

    internal void Clear()
    {
        Sequences = 0;
        foreach (PackedRows time in _time)
        {
            time.Clear();
        }
    }

    /// <summary>Adds a sequence; callers add them from the longest to the shortest.</summary>
    internal void Add(SequenceBatch batch, int sequence)
    {
        _isGiven[Sequences] = batch.IsGiven(sequence);
        _sequence[Sequences++] = sequence;
        for (int axis = 0; axis < _time.Length; axis++)
        {
            if (!_layout.Axes[axis].IsTarget)
            {
                _time[axis].Add(batch.GetSteps(sequence, axis), Sequences - 1);
            }
        }
    }

    /// <summary>Adds the targets of the sequences, those from the longest to the shortest too, of equal lengths in the order of the sequences.</summary>
    private void AddTargets(PackedRows time, SequenceBatch batch, int axis)
    {
        int below = int.MaxValue;
        while (time.Sequences < Sequences)
        {
            int longest = 0;
            for (int position = 0; position < Sequences; position++)
            {
                int steps = batch.GetSteps(_sequence[position], axis);
                longest = steps < below ? Math.Max(longest, steps) : longest;
            }

            for (int position = 0; position < Sequences; position++)
            {
                if (batch.GetSteps(_sequence[position], axis) == longest)
                {
                    time.Add(longest, position);
                }
            }

            below = longest;
        }
    }

    /// <summary>Lays out the rows of the sequences that were added.</summary>
    internal void Pack(SequenceBatch batch, bool training, ulong round)
    {
        Training = training;
        _dropoutRound = round;
        for (int axis = 0; axis < _time.Length; axis++)
        {
            if (_layout.Axes[axis].IsTarget)
            {
                AddTargets(_time[axis], batch, axis);
            }

            _time[axis].Pack();
        }
    }

    /// <summary>Lets the sequences that were added without a state begin with a trained one.</summary>
    /// <param name="state">The trained vector, padded.</param>
    /// <param name="initial">(Sequences, values of the state): those of sequences with a state of their own stay.</param>
    /// <param name="always">True where a given state is none of this layer's, which starts anew with every chunk.</param>
    public void BeginWith(ReadOnlySpan<float> state, Span<float> initial, bool always = false)
    {
        for (int position = 0; position < Sequences; position++)
        {
            if (always || !_isGiven[position])
            {
                state.CopyTo(initial[(position * state.Length)..]);
            }
        }
    }

    /// <summary>The gradient of a given state goes nowhere: its rows become zero.</summary>
    /// <param name="gradients">(Sequences, stride).</param>
    /// <param name="stride">Floats from one row to the next.</param>
    public void ClearGiven(Span<float> gradients, int stride)
    {
        for (int position = 0; position < Sequences; position++)
        {
            if (_isGiven[position])
            {
                gradients.Slice(position * stride, stride).Clear();
            }
        }
    }

    /// <summary>
    /// Inverted dropout (Srivastava et al. 2014): result = mask * value with mask = 0 or 1 / (1 - probability).
    /// The mask depends on seed, update, layer, sequence, time step (the first one where a sequence has one mask) and unit only, not on how
    /// sequences are spread over shards.
    /// </summary>
    /// <param name="layer">Number of the layer.</param>
    /// <param name="probability">Probability of zero.</param>
    /// <param name="time">The steps that the rows are, or null where they are sequences.</param>
    /// <param name="units">Values of a row.</param>
    /// <param name="stride">Floats from one row to the next.</param>
    /// <param name="values">The rows.</param>
    /// <param name="mask">Receives the mask.</param>
    /// <param name="result">Receives the rows that go on.</param>
    public void Dropout(int layer, float probability, PackedRows? time, int units, int stride, ReadOnlySpan<float> values, Span<float> mask, Span<float> result)
    {
        CounterRandom random = new(_seed, (_dropoutRound << 16) | (uint)layer);
        float kept = 1 / (1 - probability);
        for (int position = 0; position < Sequences; position++)
        {
            int steps = time?.Length(position) ?? 1;
            for (int t = 0; t < steps; t++)
            {
                int at = (time?.Row(position, t) ?? position) * stride;
                Span<float> row = mask.Slice(at, units);
                int drawn = _dropoutMask == DropoutMask.PerSequence ? 0 : t;
                random.FillUniform(((ulong)Sequence(position, time) << SequenceBits) + ((ulong)drawn * (ulong)stride), row);
                for (int i = 0; i < row.Length; i++)
                {
                    row[i] = row[i] < probability ? 0 : kept;
                }

                TensorPrimitives.Multiply(values.Slice(at, units), row, result.Slice(at, units));
            }
        }
    }
}
