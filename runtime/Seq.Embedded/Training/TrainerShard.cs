using System.Numerics.Tensors;
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
    private readonly int[] _sequence;
    private readonly ulong _seed;
    private ulong _dropoutRound;

    internal TrainerShard(TrainerLayout layout, int maxSequences, int maxSteps, int weights, ulong seed)
    {
        _seed = seed;
        _regions = new AlignedBuffer[layout.Regions.Count];
        for (int i = 0; i < _regions.Length; i++)
        {
            RegionSize region = layout.Regions[i];
            _regions[i] = new AlignedBuffer(checked(maxSequences * ((region.PerRow * layout.Axes[region.Axis].GetSteps(maxSteps)) + region.PerSequence)));
        }

        InputRows = new AlignedBuffer(checked(maxSequences * maxSteps * layout.InputSize));
        GradientBuffer = new AlignedBuffer(weights);
        _time = [.. layout.Axes.Select(axis => new PackedRows(maxSequences, axis.GetSteps(maxSteps)))];
        _sequence = new int[maxSequences];
    }

    /// <summary>Number of sequences.</summary>
    public int Sequences { get; private set; }

    /// <summary>True when dropout is on.</summary>
    public bool Training { get; private set; }

    /// <summary>The input vectors (Time(0).Rows, I).</summary>
    public ReadOnlySpan<float> Inputs => InputRows.Span;

    /// <summary>The gradient of the weights, packed as the weights are.</summary>
    public Span<float> Gradients => GradientBuffer.Span;

    internal AlignedBuffer InputRows { get; }

    internal AlignedBuffer GradientBuffer { get; }

    /// <summary>The steps of the sequences on an axis of time.</summary>
    /// <param name="axis">Number of the axis among <see cref="TrainerLayout.Axes"/>; 0 is that of the input.</param>
    public PackedRows Time(int axis) => _time[axis];

    /// <summary>One region of the shard's memory.</summary>
    public Span<float> Region(int index) => _regions[index].Span;

    /// <summary>Index in the batch of the sequence at a position of the shard.</summary>
    internal int Sequence(int position) => _sequence[position];

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
        _sequence[Sequences++] = sequence;
        for (int axis = 0; axis < _time.Length; axis++)
        {
            _time[axis].Add(batch.GetSteps(sequence, axis));
        }
    }

    /// <summary>Lays out the rows of the sequences that were added.</summary>
    internal void Pack(bool training, ulong round)
    {
        Training = training;
        _dropoutRound = round;
        foreach (PackedRows time in _time)
        {
            time.Pack();
        }
    }

    /// <summary>
    /// Inverted dropout (Srivastava et al. 2014): result = mask * value with mask = 0 or 1 / (1 - probability).
    /// The mask depends on seed, update, layer, sequence, time step and unit only, not on how sequences are spread over shards.
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
                random.FillUniform(((ulong)_sequence[position] << SequenceBits) + ((ulong)t * (ulong)stride), row);
                for (int i = 0; i < row.Length; i++)
                {
                    row[i] = row[i] < probability ? 0 : kept;
                }

                TensorPrimitives.Multiply(values.Slice(at, units), row, result.Slice(at, units));
            }
        }
    }
}
