using System.Numerics.Tensors;
using Seq.Embedded.Kernels;

namespace Seq.Embedded.Training;

/// <summary>The way to the rows of shards and back.</summary>
internal sealed partial class SequenceBatch
{
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
        Span<float> kept = RowsOf(Count - 1)[((cut.Axis < 0 ? 0 : shard.FirstStep) * cut.Width)..];
        int count = cut.Axis < 0 ? 1 : shard.Time(cut.Axis).Rows;
        for (int row = 0; row < count; row++)
        {
            rows.Slice(row * cut.Stride, cut.Width).CopyTo(kept[(row * cut.Width)..]);
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

    /// <summary>The state of a sequence after its last row in a shard; what the frozen part left has been among the states of the batch since it was added.</summary>
    private void SaveState(TrainerShard shard, int position, Span<float> snapshot)
    {
        StateOf(shard.Sequence(position)).CopyTo(snapshot);
        shard.SaveState(position, snapshot);
    }

    /// <summary>The rows from which a training step begins, to those of a shard's chunk.</summary>
    private void PackRows(TrainerShard shard)
    {
        LayerCut cut = _plan.Cut;
        PackedRows? time = cut.Axis < 0 ? null : shard.Time(cut.Axis);
        Span<float> rows = shard.RowsOf(cut);
        for (int position = 0; position < shard.Sequences; position++)
        {
            ReadOnlySpan<float> from = RowsOf(shard.Sequence(position))[((time is null ? 0 : shard.FirstStep) * cut.Width)..];
            int count = time?.Length(position) ?? 1;
            for (int t = 0; t < count; t++)
            {
                from.Slice(t * cut.Width, cut.Width).CopyTo(rows[((time?.Row(position, t) ?? position) * cut.Stride)..]);
            }
        }
    }

    /// <summary>The outputs, or their gradients, of a shard's chunk of a sequence: of one that has a single output the chunk in which it ends has it.</summary>
    private Span<float> OutputsOf(AlignedBuffer buffer, TrainerShard shard, int position)
    {
        PackedRows? time = OutputTime(shard);
        Span<float> outputs = OutputsOf(buffer, shard.Sequence(position, time));
        return time is not null ? outputs.Slice(shard.FirstStep * _layout.OutputSize, time.Length(position) * _layout.OutputSize)
            : shard.GoesOn(this, position) ? default : outputs;
    }

    /// <summary>The axis of the outputs, or null where a sequence has one.</summary>
    private PackedRows? OutputTime(TrainerShard shard) => _layout.OutputAxis < 0 ? null : shard.Time(_layout.OutputAxis);

    private int OutputRow(TrainerShard shard, int position, int step) => OutputTime(shard)?.Row(position, step) ?? position;
}
