using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Seq.Embedded.Kernels;

namespace Seq.Embedded.Training;

/// <summary>
/// A part of a mini-batch with memory of its own for activations and gradients, so that shards can be computed side by side.
/// Its rows are the steps of its sequences on an axis of time, see <see cref="Time"/>, or the sequences.
/// One more shard, of one sequence, computes the frozen layers when a sequence is added.
/// </summary>
/// <remarks>
/// With checkpoints of activations the rows are those of one chunk of time steps: sequences lie from the longest to the shortest, so those that reach a
/// chunk are the first. The states after each chunk are kept, and what the backward pass carries stays from a chunk to the one before it.
/// </remarks>
public sealed class TrainerShard
{
    // Random numbers of a sequence start at a multiple of 2^40: its time steps (up to 2^24) times the values of a row (up to 2^15) need fewer.
    private const int SequenceBits = 40;

    private readonly TrainerPlan _plan;
    private readonly bool _isFrozenPart;
    private readonly AlignedBuffer[] _regions;
    private readonly PackedRows[] _time;
    private readonly AlignedBuffer _inputs;
    private readonly AlignedBuffer _gradients;
    private readonly AlignedBuffer _kept;
    private readonly int[] _sequence;
    private readonly bool[] _isGiven;
    private readonly int _chunkSteps;
    private int _count;
    private ulong _dropoutRound;

    /// <param name="plan">Its sizes.</param>
    /// <param name="isFrozenPart">True for the shard that computes the frozen layers.</param>
    internal TrainerShard(TrainerPlan plan, bool isFrozenPart = false)
    {
        TrainerLayout layout = plan.Layout;
        int maxSequences = plan.GetSequences(isFrozenPart);
        _plan = plan;
        _isFrozenPart = isFrozenPart;
        _chunkSteps = plan.GetSteps(0, isFrozenPart);
        _regions = new AlignedBuffer[layout.Regions.Count];
        for (int i = 0; i < _regions.Length; i++)
        {
            _regions[i] = new AlignedBuffer((int)plan.GetRegionFloats(i, isFrozenPart));
        }

        _inputs = new AlignedBuffer(isFrozenPart || !plan.HasFrozenPart ? checked(maxSequences * _chunkSteps * layout.InputWidth) : 0);
        _gradients = new AlignedBuffer(isFrozenPart ? 0 : plan.TrainedWeights);
        _kept = new AlignedBuffer(isFrozenPart ? 0 : (int)plan.GetKeptFloats());
        _time = new PackedRows[layout.Axes.Count];
        for (int axis = 0; axis < _time.Length; axis++)
        {
            // No rows, no table: a head with one row a sequence does not pay for the time steps below it.
            bool hasRows = plan.HasRows(axis, isFrozenPart);
            _time[axis] = new PackedRows(hasRows ? maxSequences : 0, hasRows ? plan.GetSteps(axis, isFrozenPart) : 0);
        }

        TargetRows = new int[isFrozenPart ? 0 : checked(maxSequences * layout.GetMaxTargetSteps(plan.Options))];
        _sequence = new int[maxSequences];
        _isGiven = new bool[maxSequences];
    }

    /// <summary>Number of sequences: those that reach the chunk.</summary>
    public int Sequences { get; private set; }

    /// <summary>True when dropout is on.</summary>
    public bool Training { get; private set; }

    /// <summary>The time step of the sequences that stands first among the rows: 0, or where a later chunk begins.</summary>
    public int FirstStep { get; private set; }

    /// <summary>The input vectors (Time(0).Rows, I).</summary>
    public ReadOnlySpan<float> Inputs => _inputs.Span;

    /// <summary>The tokens (Time(0).Rows) of a model whose inputs are tokens.</summary>
    public ReadOnlySpan<int> Tokens => MemoryMarshal.Cast<float, int>(_inputs.Span);

    internal Span<float> Input => _inputs.Span;

    /// <summary>The tokens that the decoder of an encoder-decoder model takes, packed on the axis of the target.</summary>
    public ReadOnlySpan<int> Targets => TargetRows;

    internal int[] TargetRows { get; }

    /// <summary>The gradient of the weights from the lowest trained layer on.</summary>
    internal Span<float> Gradients => _gradients.Span;

    /// <summary>Number of chunks of the longest sequence; 1 where sequences are computed whole.</summary>
    internal int Chunks { get; private set; }

    /// <summary>The steps of the sequences on an axis of time.</summary>
    /// <param name="axis">Number of the axis among <see cref="TrainerLayout.Axes"/>; 0 is that of the input.</param>
    public PackedRows Time(int axis) => _time[axis];

    /// <summary>One region of the shard's memory; empty where the shard has no use for it.</summary>
    public Span<float> Region(int index) => _regions[index].Span;

    /// <summary>The gradient of some weights, packed as they are.</summary>
    /// <param name="offset">The first of the weights.</param>
    /// <param name="length">Number of them.</param>
    public Span<float> Gradient(int offset, int length) => _gradients.Span.Slice(offset - _plan.FirstWeight, length);

    /// <summary>True for a layer that this shard computes: frozen layers below the lowest trained one have been when a sequence was added.</summary>
    /// <param name="layer">Number of the layer.</param>
    public bool Runs(int layer) => _plan.Runs(layer, _isFrozenPart);

    /// <summary>True for a layer to which the gradient goes down: the lowest trained one and all above it.</summary>
    /// <param name="layer">Number of the layer.</param>
    public bool GoesBack(int layer) => layer >= _plan.FirstTrained;

    /// <summary>True for a layer whose weights are trained.</summary>
    /// <param name="layer">Number of the layer.</param>
    public bool Trains(int layer) => _plan.IsTrained(layer);

    /// <summary>True for a layer whose outputs are dropped at random: in training, from the lowest trained layer on.</summary>
    /// <param name="layer">Number of the layer.</param>
    public bool Drops(int layer) => Training && GoesBack(layer);

    /// <summary>Index in the batch of the sequence at a position of an axis of time; without one, of the input.</summary>
    internal int Sequence(int position, PackedRows? time = null) => _sequence[time?.InputPosition(position) ?? position];

    /// <summary>What the lowest layer that the shard computes reads: the inputs, or the rows of the cut below it.</summary>
    internal Span<float> RowsOf(LayerCut cut) => cut.Region < 0 ? _inputs.Span : Region(cut.Region);

    internal void Clear() => _count = 0;

    /// <summary>Adds a sequence; callers add them from the longest to the shortest.</summary>
    internal void Add(SequenceBatch batch, int sequence)
    {
        _isGiven[_count] = batch.IsGiven(sequence);
        _sequence[_count++] = sequence;
    }

    /// <summary>Makes the sequences that were added ready for a pass.</summary>
    internal void Pack(SequenceBatch batch, bool training, ulong round)
    {
        Training = training;
        _dropoutRound = round;
        Chunks = (int)((batch.GetSteps(_sequence[0]) + (_chunkSteps - 1L)) / _chunkSteps);
    }

    /// <summary>Lays out the rows of a chunk.</summary>
    internal void Begin(SequenceBatch batch, int chunk)
    {
        FirstStep = chunk * _chunkSteps;
        Sequences = 0;
        while (Sequences < _count && batch.GetSteps(_sequence[Sequences]) > FirstStep)
        {
            Sequences++;
        }

        for (int axis = 0; axis < _time.Length; axis++)
        {
            PackedRows time = _time[axis];
            time.Clear();
            if (time.MaxSteps == 0)
            {
                continue;
            }

            if (_plan.Layout.Axes[axis].IsTarget)
            {
                AddTargets(time, batch, axis);
            }
            else
            {
                for (int position = 0; position < Sequences; position++)
                {
                    time.Add(Math.Min(batch.GetSteps(_sequence[position], axis) - FirstStep, time.MaxSteps), position);
                }
            }

            time.Pack();
        }
    }

    /// <summary>True for a sequence that has time steps behind the chunk.</summary>
    internal bool GoesOn(SequenceBatch batch, int position) => batch.GetSteps(_sequence[position]) > FirstStep + (long)_chunkSteps;

    /// <summary>The state of a sequence after the chunk, as a snapshot.</summary>
    internal Span<float> KeptState(int position) => KeptState(position, FirstStep / _chunkSteps);

    /// <summary>The state of a sequence after another chunk.</summary>
    internal Span<float> KeptState(int position, int chunk)
    {
        int size = _plan.Layout.StateSize;
        return _kept.Span.Slice(((chunk * _sequence.Length) + position) * size, size);
    }

    /// <summary>Copies the state of a sequence after its last row to a snapshot, of the layers that the shard computes.</summary>
    internal void SaveState(int position, Span<float> snapshot)
    {
        for (int i = 0; i < _plan.Layout.FinalStates.Count; i++)
        {
            StateRegion state = _plan.Layout.FinalStates[i];
            if (Runs(_plan.Layout.Regions[state.Region].Layer))
            {
                int row = state.Axis < 0 ? position : Time(state.Axis).LastRow(position);
                Region(state.Region).Slice(row * state.Stride, state.Width).CopyTo(snapshot[state.Offset..]);
            }
        }
    }

    /// <summary>Copies the state before its first row of a sequence from a snapshot, of the layers that the shard computes.</summary>
    internal void RestoreState(int position, ReadOnlySpan<float> snapshot)
    {
        for (int i = 0; i < _plan.Layout.InitialStates.Count; i++)
        {
            StateRegion state = _plan.Layout.InitialStates[i];
            if (Runs(_plan.Layout.Regions[state.Region].Layer))
            {
                snapshot.Slice(state.Offset, state.Width).CopyTo(Region(state.Region).Slice(position * state.Stride, state.Width));
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

    /// <summary>Lets the sequences that were added without a state begin with a trained one.</summary>
    /// <param name="state">The trained vector, padded.</param>
    /// <param name="initial">(Sequences, values of the state): those of sequences with a state of their own stay.</param>
    /// <param name="always">True where a given state is none of this layer's, which starts anew with every chunk.</param>
    public void BeginWith(ReadOnlySpan<float> state, Span<float> initial, bool always = false)
    {
        // Later chunks begin with the state that the one before left.
        for (int position = 0; position < Sequences && FirstStep == 0; position++)
        {
            if (always || !_isGiven[position])
            {
                state.CopyTo(initial[(position * state.Length)..]);
            }
        }
    }

    /// <summary>
    /// The gradient of a state behind the last time step is zero. Where a later chunk has been gone back through, it has left that of the sequences which reach it,
    /// and zero for the others.
    /// </summary>
    /// <param name="carry">(Sequences, values of the state).</param>
    public void BeginCarry(Span<float> carry)
    {
        if (FirstStep / _chunkSteps == Chunks - 1)
        {
            carry.Clear();
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
        CounterRandom random = new(_plan.Options.Seed, (_dropoutRound << 16) | (uint)layer);
        float kept = 1 / (1 - probability);
        for (int position = 0; position < Sequences; position++)
        {
            int steps = time?.Length(position) ?? 1;
            for (int t = 0; t < steps; t++)
            {
                int at = (time?.Row(position, t) ?? position) * stride;
                Span<float> row = mask.Slice(at, units);
                int drawn = time is null || _plan.Options.DropoutMask == DropoutMask.PerSequence ? 0 : FirstStep + t;
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
