using Seq.Embedded.Kernels;

namespace Seq.Embedded.Training;

/// <summary>
/// The sequences of a mini-batch one after the other, as the caller adds and reads them, and the way between this order and that of
/// the shards, whose rows are packed by time. In place of the inputs it keeps what the frozen layers make of them, where the lowest layers are frozen.
/// </summary>
internal sealed partial class SequenceBatch
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
    private readonly bool[] _hasStates;
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
        _hasStates = new bool[maxBatch];
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
        int index = Append(Shapes.Rows(inputs.Length, _layout.InputWidth, nameof(inputs)), nameof(inputs), target);
        initialState.CopyTo(StateOf(index));
        _isGiven[index] = isGiven;
        if (!_plan.HasFrozenPart)
        {
            inputs.CopyTo(RowsOf(index));
        }

        return index;
    }

    /// <summary>Copies what the frozen layers made of a sequence to the end of the batch; their states are not known.</summary>
    internal int AddFrozen(ReadOnlySpan<float> rows, int steps)
    {
        CheckSteps(steps, nameof(steps));
        Shapes.Check(rows.Length, _layout.GetSteps(_plan.Cut.Axis, steps, targetSteps: 0) * _plan.Cut.Width, nameof(rows));
        int index = Append(steps, nameof(steps), default);
        rows.CopyTo(RowsOf(index));
        _hasStates[index] = _layout.StateSize == 0;
        return index;
    }

    /// <summary>The rows of a sequence from which a training step begins: its inputs, or what the frozen layers made of them.</summary>
    internal Span<float> GetRows(int index)
    {
        CheckIndex(index);
        return RowsOf(index);
    }

    /// <summary>False where the states that the frozen layers left are not known.</summary>
    internal bool HasStates(int index)
    {
        CheckIndex(index);
        return _hasStates[index];
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
    internal Span<float> GetOutputs(int index) => OutputsOf(_outputs, index);

    /// <summary>Gradient of the loss with respect to the outputs of a sequence, or to the logits after a loss that goes through the last activation.</summary>
    internal Span<float> GetOutputGradients(int index) => OutputsOf(_outputGradients, index);

    internal void ClearOutputGradients()
    {
        _outputGradients.Span.Clear();
        _atLogits.AsSpan().Clear();
    }

    /// <summary>Makes room for a sequence, which begins with a zero state; nothing changes when an exception is thrown.</summary>
    private int Append(int steps, string name, ReadOnlySpan<int> target)
    {
        CheckSteps(steps, name);
        if (target.Length > _maxTargetSteps || (target.IsEmpty && _maxTargetSteps > 0))
        {
            throw new ArgumentException($"The target has {target.Length} tokens; allowed: 1 to {_maxTargetSteps} (MaxTargetSteps).", nameof(target));
        }

        if (Count == _maxBatch)
        {
            throw new InvalidOperationException($"The batch holds {Count} sequences already; allowed: up to {_maxBatch} (MaxBatch).");
        }

        StateOf(Count).Clear();
        _isGiven[Count] = false;
        _hasStates[Count] = true;
        _steps[Count] = steps;

        // All places begin with a zero that nothing changes.
        _firstRow[Count + 1] = _firstRow[Count] + _layout.GetSteps(_plan.Cut.Axis, steps, target.Length);
        _firstOutput[Count + 1] = _firstOutput[Count] + _layout.GetSteps(_layout.OutputAxis, steps, target.Length);
        target.CopyTo(_targets.AsSpan(_firstTarget[Count]));
        _firstTarget[Count + 1] = _firstTarget[Count] + target.Length;
        return Count++;
    }

    private void CheckSteps(int steps, string name)
    {
        if (steps < 1 || steps > _maxSteps)
        {
            throw new ArgumentException($"The sequence has {steps} time steps; allowed: 1 to {_maxSteps} (MaxSteps).", name);
        }
    }

    private Span<float> RowsOf(int sequence) =>
        _rows.Span.Slice(_firstRow[sequence] * _plan.Cut.Width, (_firstRow[sequence + 1] - _firstRow[sequence]) * _plan.Cut.Width);

    private Span<float> StateOf(int sequence) => _states.Span.Slice(sequence * _layout.StateSize, _layout.StateSize);

    private Span<float> OutputsOf(AlignedBuffer buffer, int index)
    {
        CheckIndex(index);
        int first = _firstOutput[index], rows = _firstOutput[index + 1] - first;
        return buffer.Span.Slice(first * _layout.OutputSize, rows * _layout.OutputSize);
    }

    private void CheckIndex(int index)
    {
        if (unchecked((uint)index) >= (uint)Count)
        {
            throw new ArgumentOutOfRangeException(nameof(index), index, $"The batch has {Count} sequences; allowed: 0 to {Count - 1}.");
        }
    }
}
