using System.Numerics.Tensors;
using Seq.Embedded.Kernels;

namespace Seq.Embedded.Training;

/// <summary>
/// Trains a model with back-propagation through time and AdamW: the base of every generated <c>Trainer</c>.
/// One training step: <see cref="Clear"/>, <see cref="Add"/> for each sequence, <see cref="Forward(bool)"/>, a loss
/// (<see cref="CrossEntropy"/>, or <see cref="GetOutputGradients"/> filled by the caller), <see cref="Backward()"/>, <see cref="Update"/>.
/// </summary>
/// <remarks>
/// Memory is taken at creation (<see cref="MemoryBytes"/>); a training step allocates nothing. A batch is cut into shards of a size that
/// does not depend on the number of threads, and their gradients are added in one order: so neither do the results.
/// Without dropout the outputs of a sequence do not depend, bit for bit, on the rest of the batch. Gradients are sums over the batch:
/// another order of <see cref="Add"/> rounds them differently, and with dropout gives the sequences other masks.
/// Outputs have the same bits on all machines with fused multiply-add; the gradients of inputs are summed over the lanes of vectors,
/// so that trained weights agree bit for bit between machines of the same vector width only.
/// One thread at a time may call a trainer.
/// </remarks>
public abstract class SequenceTrainer : IDisposable, IParallelWork
{
    private const int SequencesPerShard = 12;
    private const int MaxValues = 0x7FFF0000;

    private readonly TrainerOptions _options;
    private readonly TrainerLayout _layout;
    private readonly WorkerPool _pool;
    private readonly TrainerShard[] _shards;
    private readonly AlignedBuffer _inputs;
    private readonly AlignedBuffer _outputs;
    private readonly AlignedBuffer _outputGradients;
    private readonly AlignedBuffer _gradients;
    private readonly AlignedBuffer _firstMoment;
    private readonly AlignedBuffer _secondMoment;
    private readonly int[] _firstStep;
    private readonly long[] _order;
    private readonly bool[] _atLogits;
    private int _activeShards;
    private Phase _phase;
    private int _updates;
    private ulong _rounds;

    /// <summary>Called by generated trainers: takes all memory.</summary>
    /// <param name="options">Sizes and settings.</param>
    /// <param name="layout">What the generated code needs.</param>
    /// <param name="weights">The weights to start from; copied.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range, or MaxBatch and MaxSteps need a buffer of 2^31 values.</exception>
    protected SequenceTrainer(TrainerOptions options, TrainerLayout layout, ReadOnlySpan<float> weights)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        options.Optimizer.Check();
        _options = options;
        _layout = layout;
        int perShard = Math.Min(SequencesPerShard, options.MaxBatch);
        CheckSize(options, options.MaxBatch, Math.Max(layout.InputSize, layout.OutputSize));
        foreach (RegionSize region in layout.Regions)
        {
            CheckSize(options, perShard, region.PerRow + region.PerSequence);
        }

        int rows = options.MaxBatch * options.MaxSteps;
        _shards = new TrainerShard[(options.MaxBatch + SequencesPerShard - 1) / SequencesPerShard];
        for (int i = 0; i < _shards.Length; i++)
        {
            _shards[i] = new TrainerShard(layout, perShard, options.MaxSteps, weights.Length, options.Seed);
        }

        int outputs = (layout.OutputPerSequence ? options.MaxBatch : rows) * layout.OutputSize;
        _inputs = new AlignedBuffer(rows * layout.InputSize);
        _outputs = new AlignedBuffer(outputs);
        _outputGradients = new AlignedBuffer(outputs);
        Weights = new AlignedBuffer(weights.Length);
        weights.CopyTo(Weights.Span);
        _gradients = new AlignedBuffer(weights.Length);
        _firstMoment = new AlignedBuffer(weights.Length);
        _secondMoment = new AlignedBuffer(weights.Length);
        _firstStep = new int[options.MaxBatch + 1];
        _order = new long[options.MaxBatch];
        _atLogits = new bool[options.MaxBatch];
        _pool = new WorkerPool(options.Threads);
    }

    private enum Phase
    {
        Collecting,
        Forward,
        Backward,
    }

    /// <summary>Number of sequences in the batch.</summary>
    public int Count { get; private set; }

    /// <summary>Number of updates made.</summary>
    public int Updates => _updates;

    /// <summary>Bytes that the trainer took at creation for weights, gradients, moments and activations.</summary>
    public long MemoryBytes => _shards.Sum(shard => shard.Bytes)
        + (sizeof(float) * ((4L * Weights.Length) + _inputs.Length + _outputs.Length + _outputGradients.Length));

    /// <summary>The weights in training, packed.</summary>
    protected AlignedBuffer Weights { get; }

    /// <summary>Gradient of the weights after <see cref="Backward()"/>, packed as the weights are.</summary>
    protected AlignedBuffer WeightGradients => _gradients;

    /// <summary>Empties the batch. Allocates nothing.</summary>
    public void Clear()
    {
        Count = 0;
        _phase = Phase.Collecting;
    }

    /// <summary>Adds a sequence to the batch; its values are copied. Allocates nothing.</summary>
    /// <param name="inputs">The input vectors (T, I), T from 1 to MaxSteps; sequences of a batch can differ in T.</param>
    /// <returns>Index of the sequence in the batch.</returns>
    /// <exception cref="ArgumentException">The length is no multiple of I, or T is out of its range.</exception>
    /// <exception cref="InvalidOperationException">The batch is full, or Forward has been called since Clear.</exception>
    public int Add(ReadOnlySpan<float> inputs)
    {
        Require(Phase.Collecting, nameof(Add), nameof(Clear));
        int steps = Shapes.Rows(inputs.Length, _layout.InputSize, nameof(inputs));
        if (steps < 1 || steps > _options.MaxSteps)
        {
            throw new ArgumentException($"The sequence has {steps} time steps; allowed: 1 to {_options.MaxSteps} (MaxSteps).", nameof(inputs));
        }

        if (Count == _options.MaxBatch)
        {
            throw new InvalidOperationException($"The batch holds {Count} sequences already; allowed: up to {_options.MaxBatch} (MaxBatch).");
        }

        int first = Count == 0 ? 0 : _firstStep[Count];
        inputs.CopyTo(_inputs.Span[(first * _layout.InputSize)..]);
        _firstStep[Count] = first;
        _firstStep[Count + 1] = first + steps;
        return Count++;
    }

    /// <summary>Computes the outputs of the batch. Allocates nothing.</summary>
    /// <param name="training">True: dropout is on, with new masks at each call. False: outputs as in inference, bit for bit.</param>
    /// <exception cref="InvalidOperationException">The batch is empty.</exception>
    public void Forward(bool training = true)
    {
        if (Count == 0)
        {
            throw new InvalidOperationException("The batch is empty; add a sequence first.");
        }

        FillShards(training);
        _outputGradients.Span.Clear();
        _atLogits.AsSpan().Clear();
        _phase = Phase.Forward;
        _pool.Run(this, _activeShards);
    }

    /// <summary>Number of time steps of a sequence of the batch.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The batch has no such sequence.</exception>
    public int GetSteps(int index)
    {
        CheckIndex(index);
        return _firstStep[index + 1] - _firstStep[index];
    }

    /// <summary>Outputs of a sequence after <see cref="Forward(bool)"/>: (T, O), or (O) where a sequence has one output.</summary>
    /// <exception cref="InvalidOperationException">Forward has not been called for this batch.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The batch has no such sequence.</exception>
    public ReadOnlySpan<float> GetOutputs(int index)
    {
        if (_phase == Phase.Collecting)
        {
            throw new InvalidOperationException($"{nameof(GetOutputs)} must follow {nameof(Forward)}.");
        }

        return OutputsOf(_outputs, index);
    }

    /// <summary>
    /// Gradient of the loss with respect to the outputs of a sequence, same shape as <see cref="GetOutputs"/>: zero after
    /// <see cref="Forward(bool)"/>, filled by the caller. For a softmax output these are gradients of the posteriors; where
    /// <see cref="CrossEntropy"/> has set them, of the logits.
    /// </summary>
    /// <exception cref="InvalidOperationException">Forward has not been called for this batch, or Backward has.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The batch has no such sequence.</exception>
    public Span<float> GetOutputGradients(int index)
    {
        Require(Phase.Forward, nameof(GetOutputGradients), nameof(Forward));
        return OutputsOf(_outputGradients, index);
    }

    /// <summary>
    /// Cross-entropy of a softmax output, summed over the labelled rows; sets the sequence's gradient (of the logits: p - y).
    /// Allocates nothing.
    /// </summary>
    /// <param name="index">The sequence.</param>
    /// <param name="labels">A class per output row; -1: the row does not count.</param>
    /// <param name="scale">Factor of the gradient and of the loss, for example 1 / (rows of the batch).</param>
    /// <returns>The loss in nats, times the scale.</returns>
    /// <exception cref="InvalidOperationException">The model has no softmax output, or Forward has not been called.</exception>
    /// <exception cref="ArgumentException">The number of labels is not that of the output rows.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The batch has no such sequence, or a label is neither -1 nor a class.</exception>
    public double CrossEntropy(int index, ReadOnlySpan<int> labels, float scale = 1)
    {
        Require(Phase.Forward, nameof(CrossEntropy), nameof(Forward));
        if (!_layout.Softmax)
        {
            throw new InvalidOperationException("Cross-entropy needs a last layer with Activation.Softmax.");
        }

        ReadOnlySpan<float> outputs = GetOutputs(index);
        Span<float> gradients = OutputsOf(_outputGradients, index);
        Shapes.Check(labels.Length, outputs.Length / _layout.OutputSize, nameof(labels));
        _atLogits[index] = true;
        double loss = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            int at = row * _layout.OutputSize;
            loss += SoftmaxCrossEntropy.Compute(outputs.Slice(at, _layout.OutputSize), labels[row], scale, gradients.Slice(at, _layout.OutputSize));
        }

        return loss * scale;
    }

    /// <summary>Back-propagation through time: the gradient of all weights from the gradients of the outputs. Allocates nothing.</summary>
    /// <exception cref="InvalidOperationException">Forward has not been called for this batch.</exception>
    public void Backward()
    {
        Require(Phase.Forward, nameof(Backward), nameof(Forward));
        _phase = Phase.Backward;
        _pool.Run(this, _activeShards);
        Span<float> gradients = _gradients.Span;
        _shards[0].Gradients.CopyTo(gradients);
        for (int i = 1; i < _activeShards; i++)
        {
            TensorPrimitives.Add(gradients, _shards[i].Gradients, gradients);
        }
    }

    /// <summary>
    /// Clips the gradient by its global norm, makes one AdamW step and empties the batch. When the gradient is not finite no weight and
    /// no moment is changed. Allocates nothing.
    /// </summary>
    /// <param name="learningRate">The learning rate of this step; 0 or more.</param>
    /// <returns>The norm before clipping; NaN or infinite when the gradient is not finite and the step was left out.</returns>
    /// <exception cref="InvalidOperationException">Backward has not been called for this batch.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The learning rate is negative or not finite.</exception>
    public double Update(float learningRate)
    {
        Require(Phase.Backward, nameof(Update), nameof(Backward));
        if (!(learningRate >= 0 && float.IsFinite(learningRate)))
        {
            // Before anything changes, and also where a gradient that is not finite would leave the optimiser out.
            throw new ArgumentOutOfRangeException(nameof(learningRate), learningRate, "The learning rate must be 0 or more, and finite.");
        }

        double norm = GradientNorm.Compute(_gradients.Span);
        _phase = Phase.Collecting;
        Count = 0;
        if (double.IsFinite(norm))
        {
            AdamW.Update(
                Weights.Span, _gradients.Span, _firstMoment.Span, _secondMoment.Span, _options.Optimizer, _updates + 1, learningRate,
                GradientNorm.GetClipScale(norm, _options.ClipNorm));
            _updates++;
        }

        return norm;
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        _pool.Dispose();
        GC.SuppressFinalize(this);
    }

    void IParallelWork.Execute(int item)
    {
        TrainerShard shard = _shards[item];
        if (_phase == Phase.Forward)
        {
            PackInputs(shard);
            Forward(shard);
            UnpackOutputs(shard);
        }
        else
        {
            shard.Gradients.Clear();
            PackOutputGradients(shard);
            Backward(shard);
        }
    }

    /// <summary>Generated: computes all layers of a shard.</summary>
    protected abstract void Forward(TrainerShard shard);

    /// <summary>Generated: adds the gradient of all weights to the shard's gradients.</summary>
    protected abstract void Backward(TrainerShard shard);

    /// <summary>Spreads the sequences over as few shards as hold them, evenly: by length, dealt out in turn.</summary>
    private void FillShards(bool training)
    {
        _activeShards = (Count + SequencesPerShard - 1) / SequencesPerShard;
        Span<long> order = _order.AsSpan(0, Count);
        for (int i = 0; i < Count; i++)
        {
            // Longest first, equal lengths in the order of arrival.
            order[i] = ((long)(_options.MaxSteps - GetSteps(i)) << 32) | (uint)i;
        }

        order.Sort();
        if (training)
        {
            // Forward passes of an evaluation between two updates leave the masks of the next update as they are.
            _rounds++;
        }

        for (int shard = 0; shard < _activeShards; shard++)
        {
            _shards[shard].Clear();
            for (int i = shard; i < Count; i += _activeShards)
            {
                int sequence = (int)order[i];
                _shards[shard].Add(sequence, GetSteps(sequence));
            }

            _shards[shard].Pack(training, _rounds);
        }
    }

    private void PackInputs(TrainerShard shard)
    {
        int size = _layout.InputSize;
        ReadOnlySpan<float> inputs = _inputs.Span;
        Span<float> rows = shard.InputRows.Span;
        for (int position = 0; position < shard.Sequences; position++)
        {
            int first = _firstStep[shard.Sequence(position)];
            for (int t = 0; t < shard.Length(position); t++)
            {
                inputs.Slice((first + t) * size, size).CopyTo(rows.Slice(shard.Row(position, t) * size, size));
            }
        }
    }

    private void UnpackOutputs(TrainerShard shard)
    {
        int size = _layout.OutputSize;
        ReadOnlySpan<float> rows = shard.Region(_layout.OutputRegion);
        for (int position = 0; position < shard.Sequences; position++)
        {
            Span<float> outputs = OutputsOf(_outputs, shard.Sequence(position));
            for (int t = 0; t < outputs.Length / size; t++)
            {
                Span<float> row = outputs.Slice(t * size, size);
                rows.Slice(OutputRow(shard, position, t) * _layout.OutputStride, size).CopyTo(row);
                if (_layout.Softmax)
                {
                    Elementwise.Softmax(row);
                }
            }
        }
    }

    /// <summary>Gradients of the outputs to the last layer; through softmax: da = p * (dp - sum p dp).</summary>
    private void PackOutputGradients(TrainerShard shard)
    {
        int size = _layout.OutputSize;
        Span<float> rows = shard.Region(_layout.OutputGradientRegion);
        for (int position = 0; position < shard.Sequences; position++)
        {
            int sequence = shard.Sequence(position);
            ReadOnlySpan<float> outputs = OutputsOf(_outputs, sequence);
            ReadOnlySpan<float> gradients = OutputsOf(_outputGradients, sequence);
            for (int t = 0; t < outputs.Length / size; t++)
            {
                ReadOnlySpan<float> gradient = gradients.Slice(t * size, size);
                Span<float> row = rows.Slice(OutputRow(shard, position, t) * _layout.OutputStride, size);
                gradient.CopyTo(row);
                if (_layout.Softmax && !_atLogits[sequence])
                {
                    ReadOnlySpan<float> posteriors = outputs.Slice(t * size, size);
                    TensorPrimitives.Subtract(row, TensorPrimitives.Dot(posteriors, gradient), row);
                    TensorPrimitives.Multiply(row, posteriors, row);
                }
            }
        }
    }

    private int OutputRow(TrainerShard shard, int position, int step) => _layout.OutputPerSequence ? position : shard.Row(position, step);

    private Span<float> OutputsOf(AlignedBuffer buffer, int index)
    {
        CheckIndex(index);
        int first = _layout.OutputPerSequence ? index : _firstStep[index];
        int rows = _layout.OutputPerSequence ? 1 : GetSteps(index);
        return buffer.Span.Slice(first * _layout.OutputSize, rows * _layout.OutputSize);
    }

    private static void CheckSize(TrainerOptions options, int sequences, int width)
    {
        long values = (long)sequences * options.MaxSteps * width;
        if (values > MaxValues)
        {
            throw new ArgumentOutOfRangeException(
                nameof(options), $"MaxBatch {options.MaxBatch} and MaxSteps {options.MaxSteps} need a buffer of {values} values; allowed: up to {MaxValues}.");
        }
    }

    private void CheckIndex(int index)
    {
        if ((uint)index >= (uint)Count)
        {
            throw new ArgumentOutOfRangeException(nameof(index), index, $"The batch has {Count} sequences; allowed: 0 to {Count - 1}.");
        }
    }

    private void Require(Phase phase, string call, string before)
    {
        if (_phase != phase)
        {
            throw new InvalidOperationException($"{call} must follow {before}.");
        }
    }
}
