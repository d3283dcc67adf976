using System.Numerics.Tensors;
using Seq.Embedded.Kernels;

namespace Seq.Embedded.Training;

/// <summary>
/// The sequences of a mini-batch one after the other, as the caller adds and reads them, and the way between this order and that of
/// the shards, whose rows are packed by time. In place of the inputs it keeps what the frozen layers make of them, where the lowest layers are frozen.
/// </summary>
internal sealed class SequenceBatch
{
    private readonly TrainerPlan _plan;
    private readonly TrainerLayout _layout;
    private readonly int _maxBatch;
    private readonly int _maxSteps;
    private readonly int _maxTargetSteps;
    private readonly int[] _targets;
    private readonly int[] _firstTarget;
    private readonly AlignedBuffer _rows;
    private readonly AlignedBuffer _states;
    private readonly AlignedBuffer _outputs;
    private readonly AlignedBuffer _outputGradients;
    private readonly int[] _steps;
    private readonly int[] _firstRow;
    private readonly int[] _firstOutput;
    private readonly long[] _order;
    private readonly int[] _place;
    private readonly bool[] _atLogits;
    private readonly bool[] _isGiven;
    private readonly CtcWorkspace? _ctc;

    internal SequenceBatch(TrainerPlan plan)
    {
        TrainerLayout layout = plan.Layout;
        TrainerOptions options = plan.Options;
        int maxBatch = options.MaxBatch;
        int outputs = checked(maxBatch * layout.GetMaxSteps(layout.OutputAxis, options) * layout.OutputSize);
        _plan = plan;
        _layout = layout;
        _maxBatch = maxBatch;
        _maxSteps = layout.GetMaxInputSteps(options);
        _maxTargetSteps = layout.GetMaxTargetSteps(options);
        _targets = new int[checked(maxBatch * _maxTargetSteps)];
        _firstTarget = new int[maxBatch + 1];
        _rows = new AlignedBuffer(checked(maxBatch * layout.GetMaxSteps(plan.Cut.Axis, options) * plan.Cut.Width));
        _states = new AlignedBuffer(checked(maxBatch * layout.StateSize));
        _outputs = new AlignedBuffer(outputs);
        _outputGradients = new AlignedBuffer(outputs);
        _steps = new int[maxBatch];
        _firstRow = new int[maxBatch + 1];
        _firstOutput = new int[maxBatch + 1];
        _order = new long[maxBatch];
        _place = new int[maxBatch];
        _atLogits = new bool[maxBatch];
        _isGiven = new bool[maxBatch];
        _ctc = options.MaxLabels == 0 ? null : new CtcWorkspace(_maxSteps, options.MaxLabels, layout.OutputSize);
    }

    /// <summary>Number of sequences.</summary>
    internal int Count { get; private set; }

    internal void Clear() => Count = 0;

    /// <summary>Copies a sequence (T, I) to the end of the batch; its inputs only where no frozen layers take their place.</summary>
    /// <param name="inputs">Vectors, or the bits of tokens.</param>
    /// <param name="target">The tokens that the decoder takes; empty without one.</param>
    /// <param name="initialState">The state before the first time step, as a snapshot, where it is given.</param>
    /// <param name="isGiven">Whether it is; otherwise it is zero, or what the generated code sets.</param>
    /// <returns>Its index.</returns>
    internal int Add(ReadOnlySpan<float> inputs, ReadOnlySpan<int> target, ReadOnlySpan<float> initialState, bool isGiven)
    {
        int steps = Shapes.Rows(inputs.Length, _layout.InputWidth, nameof(inputs));
        if (steps < 1 || steps > _maxSteps)
        {
            throw new ArgumentException($"The sequence has {steps} time steps; allowed: 1 to {_maxSteps} (MaxSteps).", nameof(inputs));
        }

        if (target.Length > _maxTargetSteps || (target.IsEmpty && _maxTargetSteps > 0))
        {
            throw new ArgumentException($"The target has {target.Length} tokens; allowed: 1 to {_maxTargetSteps} (MaxTargetSteps).", nameof(target));
        }

        if (Count == _maxBatch)
        {
            throw new InvalidOperationException($"The batch holds {Count} sequences already; allowed: up to {_maxBatch} (MaxBatch).");
        }

        StateOf(Count).Clear();
        initialState.CopyTo(StateOf(Count));
        _isGiven[Count] = isGiven;

        // All places begin with a zero that nothing changes.
        _steps[Count] = steps;
        _firstRow[Count + 1] = _firstRow[Count] + _layout.GetSteps(_plan.Cut.Axis, steps, target.Length);
        if (!_plan.HasFrozenPart)
        {
            inputs.CopyTo(_rows.Span[(_firstRow[Count] * _plan.Cut.Width)..]);
        }

        _firstOutput[Count + 1] = _firstOutput[Count] + _layout.GetSteps(_layout.OutputAxis, steps, target.Length);
        target.CopyTo(_targets.AsSpan(_firstTarget[Count]));
        _firstTarget[Count + 1] = _firstTarget[Count] + target.Length;
        return Count++;
    }

    /// <summary>Number of time steps of a sequence.</summary>
    internal int GetSteps(int index)
    {
        CheckIndex(index);
        return _steps[index];
    }

    /// <summary>True where the sequence was added with a state of its own.</summary>
    internal bool IsGiven(int index) => _isGiven[index];

    /// <summary>Number of steps of a sequence on an axis of time.</summary>
    internal int GetSteps(int index, int axis) => _layout.GetSteps(axis, GetSteps(index), _firstTarget[index + 1] - _firstTarget[index]);

    /// <summary>Outputs of a sequence: a row a step on the axis of the output, or one where a sequence has one output.</summary>
    internal Span<float> GetOutputs(int index) => RowsOf(_outputs, index);

    /// <summary>Gradient of the loss with respect to the outputs of a sequence, or to the logits after a loss that goes through the last activation.</summary>
    internal Span<float> GetOutputGradients(int index) => RowsOf(_outputGradients, index);

    internal void ClearOutputGradients()
    {
        _outputGradients.Span.Clear();
        _atLogits.AsSpan().Clear();
    }

    /// <summary>Sets the gradient of the logits of a sequence and returns its loss; nothing changes when an exception is thrown.</summary>
    internal double CrossEntropy(int index, ReadOnlySpan<int> labels, float scale, ReadOnlySpan<float> classWeights, float labelSmoothing)
    {
        ReadOnlySpan<float> outputs = GetOutputs(index);
        Span<float> gradients = GetOutputGradients(index);
        int size = _layout.OutputSize;
        Shapes.Check(labels.Length, outputs.Length / size, nameof(labels));
        SoftmaxCrossEntropy.CheckClasses(classWeights, labelSmoothing, size);
        for (int row = 0; row < labels.Length; row++)
        {
            if (labels[row] != SoftmaxCrossEntropy.Ignore && unchecked((uint)labels[row]) >= (uint)size)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(labels), labels[row],
                    $"The label of row {row} must be 0 to {size - 1}, or {SoftmaxCrossEntropy.Ignore} for a row to ignore.");
            }
        }

        _atLogits[index] = true;
        double loss = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            int at = row * size;
            loss += SoftmaxCrossEntropy.Compute(outputs.Slice(at, size), labels[row], scale, gradients.Slice(at, size), classWeights, labelSmoothing);
        }

        return loss * scale;
    }

    /// <summary>As <see cref="CrossEntropy"/>, for a sigmoid output.</summary>
    internal double BinaryCrossEntropy(int index, ReadOnlySpan<float> targets, float scale, ReadOnlySpan<float> weights)
    {
        CheckTargets(index, targets, weights);
        int size = _layout.OutputSize;
        for (int row = 0; row < targets.Length / size; row++)
        {
            if (WeightedRows.WeightOf(weights, row) != 0)
            {
                Training.BinaryCrossEntropy.CheckTargets(targets.Slice(row * size, size));
            }
        }

        _atLogits[index] = true;
        return scale * WeightedRows.Sum(Training.BinaryCrossEntropy.Compute, size, GetOutputs(index), targets, weights, scale, GetOutputGradients(index));
    }

    /// <summary>Sets the gradient of the outputs of a sequence and returns its loss; nothing changes when an exception is thrown.</summary>
    internal double MeanSquaredError(int index, ReadOnlySpan<float> targets, float scale, ReadOnlySpan<float> weights)
    {
        CheckTargets(index, targets, weights);
        _atLogits[index] = false;
        return scale
            * WeightedRows.Sum(Training.MeanSquaredError.Compute, _layout.OutputSize, GetOutputs(index), targets, weights, scale, GetOutputGradients(index));
    }

    /// <summary>As <see cref="CrossEntropy"/>, for labels without times.</summary>
    internal double Ctc(int index, ReadOnlySpan<int> labels, int blank, float scale)
    {
        CtcWorkspace workspace = _ctc ?? throw new InvalidOperationException($"CTC needs {nameof(TrainerOptions.MaxLabels)} in the trainer's options: the most labels of a target.");
        double loss = CtcLoss.Compute(GetOutputs(index), labels, blank, scale, GetOutputGradients(index), workspace);
        _atLogits[index] = true;
        return double.IsPositiveInfinity(loss) ? loss : scale * loss;
    }

    /// <summary>As <see cref="MeanSquaredError"/>, for the detector of a word.</summary>
    internal double Detector(int index, int label, DetectorLoss loss, double scale)
    {
        if (loss.Outputs != _layout.OutputSize)
        {
            throw new ArgumentException($"The loss is for {loss.Outputs} outputs; the model has {_layout.OutputSize}.", nameof(loss));
        }

        double value = loss.Compute(GetOutputs(index), label, scale, GetOutputGradients(index));
        _atLogits[index] = false;
        return value;
    }

    /// <summary>Spreads the sequences evenly over shards: by length, dealt out in turn.</summary>
    internal void DealOut(ReadOnlySpan<TrainerShard> shards, bool training, ulong round)
    {
        Span<long> order = _order.AsSpan(0, Count);
        for (int i = 0; i < Count; i++)
        {
            // Longest first, equal lengths in the order of arrival.
            order[i] = ((long)(_maxSteps - GetSteps(i)) << 32) | (uint)i;
        }

        // With a comparison that is made once: a native binary's plain Sort makes one at each call.
        order.Sort(static (a, b) => a.CompareTo(b));
        for (int shard = 0; shard < shards.Length; shard++)
        {
            shards[shard].Clear();
            for (int i = shard; i < Count; i += shards.Length)
            {
                int sequence = unchecked((int)order[i]);
                shards[shard].Add(this, sequence);
                _place[sequence] = i;
            }

            shards[shard].Pack(this, training, round);
        }
    }

    /// <summary>Lays out a chunk of a shard's sequences, and copies to its rows what the lowest layer that it computes reads.</summary>
    internal void PackChunk(TrainerShard shard, int chunk)
    {
        shard.Begin(this, chunk);
        PackRows(shard);
        PackTargets(shard);
        for (int position = 0; position < shard.Sequences; position++)
        {
            shard.RestoreState(position, chunk == 0 ? StateOf(shard.Sequence(position)) : shard.KeptState(position, chunk - 1));
        }
    }

    /// <summary>The same of the frozen part, for the sequence that was added last.</summary>
    /// <param name="shard">The shard of the frozen part, which begins a chunk.</param>
    /// <param name="chunk">Number of the chunk.</param>
    /// <param name="inputs">The sequence (T, I).</param>
    internal void PackFrozen(TrainerShard shard, int chunk, ReadOnlySpan<float> inputs)
    {
        shard.Begin(this, chunk);
        int width = _layout.InputWidth;
        inputs.Slice(shard.FirstStep * width, shard.Time(0).Rows * width).CopyTo(shard.Input);
        shard.RestoreState(0, StateOf(Count - 1));
    }

    /// <summary>Keeps what the frozen part gives: its rows, and the states that it goes on from or leaves.</summary>
    internal void UnpackFrozen(TrainerShard shard)
    {
        LayerCut cut = _plan.Cut;
        ReadOnlySpan<float> rows = shard.RowsOf(cut);
        int first = _firstRow[Count - 1] + (cut.Axis < 0 ? 0 : shard.FirstStep), count = cut.Axis < 0 ? 1 : shard.Time(cut.Axis).Rows;
        for (int row = 0; row < count; row++)
        {
            rows.Slice(row * cut.Stride, cut.Width).CopyTo(_rows.Span[((first + row) * cut.Width)..]);
        }

        shard.SaveState(0, StateOf(Count - 1));
    }

    /// <summary>Keeps the states after a chunk, for the chunk behind it.</summary>
    internal void KeepStates(TrainerShard shard)
    {
        for (int position = 0; position < shard.Sequences; position++)
        {
            SaveState(shard, position, shard.KeptState(position));
        }
    }

    /// <summary>The state of a sequence after its last time step, to a snapshot.</summary>
    internal void SaveState(int index, ReadOnlySpan<TrainerShard> shards, Span<float> snapshot)
    {
        // Sequences are dealt out in turn.
        int steps = GetSteps(index), position = _place[index] / shards.Length;
        TrainerShard shard = shards[_place[index] % shards.Length];
        if (_plan.HasCheckpoints)
        {
            shard.KeptState(position, (steps - 1) / _plan.ChunkSteps).CopyTo(snapshot);
        }
        else
        {
            SaveState(shard, position, snapshot);
        }
    }

    /// <summary>Tokens of a shard's targets, to their rows.</summary>
    private void PackTargets(TrainerShard shard)
    {
        for (int axis = 1; axis < _layout.Axes.Count; axis++)
        {
            if (!_layout.Axes[axis].IsTarget)
            {
                continue;
            }

            PackedRows time = shard.Time(axis);
            for (int position = 0; position < time.Sequences; position++)
            {
                int first = _firstTarget[shard.Sequence(position, time)];
                for (int t = 0; t < time.Length(position); t++)
                {
                    shard.TargetRows[time.Row(position, t)] = _targets[first + t];
                }
            }
        }
    }

    /// <summary>Results of the last layer to the outputs, through softmax where the model has one.</summary>
    internal void UnpackOutputs(TrainerShard shard)
    {
        int size = _layout.OutputSize;
        ReadOnlySpan<float> rows = shard.Region(_layout.OutputRegion);
        for (int position = 0; position < shard.Sequences; position++)
        {
            Span<float> outputs = OutputsOf(_outputs, shard, position);
            for (int t = 0; t < outputs.Length / size; t++)
            {
                Span<float> row = outputs.Slice(t * size, size);
                rows.Slice(OutputRow(shard, position, t) * _layout.OutputStride, size).CopyTo(row);
                if (_layout.OutputActivation == Activation.Softmax)
                {
                    Elementwise.Softmax(row);
                }
            }
        }
    }

    /// <summary>Gradients of the outputs to the last layer; through softmax: da = p * (dp - sum p dp). Those of logits go round a sigmoid of that layer.</summary>
    internal void PackOutputGradients(TrainerShard shard)
    {
        int size = _layout.OutputSize;
        Span<float> rows = shard.Region(_layout.OutputGradientRegion);
        for (int position = 0; position < shard.Sequences; position++)
        {
            ReadOnlySpan<float> outputs = OutputsOf(_outputs, shard, position), gradients = OutputsOf(_outputGradients, shard, position);
            if (outputs.IsEmpty)
            {
                // The sequence ends in a later chunk, and has its one output there.
                rows.Slice(position * _layout.OutputStride, size).Clear();
            }

            for (int t = 0; t < outputs.Length / size; t++)
            {
                ReadOnlySpan<float> gradient = gradients.Slice(t * size, size);
                Span<float> row = rows.Slice(OutputRow(shard, position, t) * _layout.OutputStride, size);
                gradient.CopyTo(row);
                if (_atLogits[shard.Sequence(position, OutputTime(shard))])
                {
                    if (_layout.OutputActivation == Activation.Sigmoid)
                    {
                        int at = OutputRow(shard, position, t) * _layout.OutputStride;
                        Training.BinaryCrossEntropy.PassSigmoid(row, shard.Region(_layout.OutputRegion).Slice(at, size));
                    }
                }
                else if (_layout.OutputActivation == Activation.Softmax)
                {
                    ReadOnlySpan<float> posteriors = outputs.Slice(t * size, size);
                    TensorPrimitives.Subtract(row, TensorPrimitives.Dot(posteriors, gradient), row);
                    TensorPrimitives.Multiply(row, posteriors, row);
                }
            }
        }
    }

    private Span<float> StateOf(int sequence) => _states.Span.Slice(sequence * _layout.StateSize, _layout.StateSize);

    /// <summary>The state of a sequence after its last row in a shard; what the frozen part left has been among the states of the batch since it was added.</summary>
    private void SaveState(TrainerShard shard, int position, Span<float> snapshot)
    {
        StateOf(shard.Sequence(position)).CopyTo(snapshot);
        shard.SaveState(position, snapshot);
    }

    private void PackRows(TrainerShard shard)
    {
        LayerCut cut = _plan.Cut;
        PackedRows? time = cut.Axis < 0 ? null : shard.Time(cut.Axis);
        ReadOnlySpan<float> from = _rows.Span;
        Span<float> rows = shard.RowsOf(cut);
        for (int position = 0; position < shard.Sequences; position++)
        {
            int first = _firstRow[shard.Sequence(position)] + (time is null ? 0 : shard.FirstStep), count = time?.Length(position) ?? 1;
            for (int t = 0; t < count; t++)
            {
                from.Slice((first + t) * cut.Width, cut.Width).CopyTo(rows[((time?.Row(position, t) ?? position) * cut.Stride)..]);
            }
        }
    }

    /// <summary>The outputs, or their gradients, of a shard's chunk of a sequence: of one that has a single output the chunk in which it ends has it.</summary>
    private Span<float> OutputsOf(AlignedBuffer buffer, TrainerShard shard, int position)
    {
        PackedRows? time = OutputTime(shard);
        Span<float> outputs = RowsOf(buffer, shard.Sequence(position, time));
        return time is not null ? outputs.Slice(shard.FirstStep * _layout.OutputSize, time.Length(position) * _layout.OutputSize)
            : shard.GoesOn(this, position) ? default : outputs;
    }

    /// <summary>The axis of the outputs, or null where a sequence has one.</summary>
    private PackedRows? OutputTime(TrainerShard shard) => _layout.OutputAxis < 0 ? null : shard.Time(_layout.OutputAxis);

    private int OutputRow(TrainerShard shard, int position, int step) => OutputTime(shard)?.Row(position, step) ?? position;

    private Span<float> RowsOf(AlignedBuffer buffer, int index)
    {
        CheckIndex(index);
        int first = _firstOutput[index], rows = _firstOutput[index + 1] - first;
        return buffer.Span.Slice(first * _layout.OutputSize, rows * _layout.OutputSize);
    }

    private void CheckTargets(int index, ReadOnlySpan<float> targets, ReadOnlySpan<float> weights)
    {
        int length = GetOutputs(index).Length;
        Shapes.Check(targets.Length, length, nameof(targets));
        WeightedRows.Check(weights, length / _layout.OutputSize);
    }

    private void CheckIndex(int index)
    {
        if (unchecked((uint)index) >= (uint)Count)
        {
            throw new ArgumentOutOfRangeException(nameof(index), index, $"The batch has {Count} sequences; allowed: 0 to {Count - 1}.");
        }
    }
}
