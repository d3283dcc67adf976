namespace Seq.Embedded.Training;

public abstract partial class SequenceTrainer
{
    /// <summary>
    /// What the frozen layers below the lowest trained one made of a sequence of the batch: the rows that the lowest trained layer reads, (T, width), or (width)
    /// where a sequence has one. Training does not change them: a copy of them, added with <see cref="AddFrozenRows"/> in later batches, saves computing these layers in
    /// every epoch. The span is valid until the batch is emptied. Allocates nothing.
    /// </summary>
    /// <remarks>
    /// <see cref="LoadCheckpoint"/> replaces the weights of frozen layers: after it, copies from before are those of other weights, unless the trainer was created with the
    /// frozen weights of the file. Of a sequence that was added with a given state the rows are those that follow from it; but the layers above begin anew when they are added,
    /// so such copies do not stand for the sequence: with carried state, add the inputs.
    /// </remarks>
    /// <param name="index">The sequence.</param>
    /// <exception cref="InvalidOperationException">No layers are frozen below the lowest trained one (<see cref="TrainerOptions.FrozenLayers"/>).</exception>
    /// <exception cref="ArgumentOutOfRangeException">The batch has no such sequence.</exception>
    public ReadOnlySpan<float> GetFrozenRows(int index)
    {
        RequireFrozenPart(nameof(GetFrozenRows));
        return _batch.GetRows(index);
    }

    /// <summary>
    /// Adds a sequence to the batch as what the frozen layers made of it (<see cref="GetFrozenRows"/>); the values are copied. Outputs and gradients are those
    /// of the sequence itself, bit for bit, where that was added without a state. Allocates nothing.
    /// </summary>
    /// <remarks>
    /// There is no carried state: the layers above begin with the state that streams begin with, and <see cref="SaveState"/> refuses the sequence, as the states of the
    /// frozen layers are not known.
    /// </remarks>
    /// <param name="rows">The rows.</param>
    /// <param name="steps">Time steps of the sequence (T).</param>
    /// <returns>Index of the sequence in the batch.</returns>
    /// <exception cref="ArgumentException">T is out of its range, or the rows are not those of so many time steps.</exception>
    /// <exception cref="InvalidOperationException">No layers are frozen below the lowest trained one, the batch is full, Forward has been called since Clear, or
    /// the model has a decoder.</exception>
    public int AddFrozenRows(ReadOnlySpan<float> rows, int steps)
    {
        RequireFrozenPart(nameof(AddFrozenRows));
        if (_layout.TargetSize > 0)
        {
            throw new InvalidOperationException("The model has a decoder; add a source together with the tokens of its target.");
        }

        Require(Phase.Collecting, nameof(AddFrozenRows), nameof(Clear));
        return _batch.AddFrozen(rows, steps);
    }

    private int AddToBatch(ReadOnlySpan<float> inputs, ReadOnlySpan<int> target, ReadOnlySpan<float> initialState, bool isGiven)
    {
        int index = _batch.Add(inputs, target, initialState, isGiven);
        if (_frozenPart is not null)
        {
            ComputeFrozen(_frozenPart, inputs);
        }

        return index;
    }

    /// <summary>Computes the frozen layers for the sequence that was added last.</summary>
    private void ComputeFrozen(TrainerShard shard, ReadOnlySpan<float> inputs)
    {
        shard.Clear();
        shard.Add(_batch, Count - 1);
        shard.Pack(_batch, training: false, round: 0);
        for (int chunk = 0; chunk < shard.Chunks; chunk++)
        {
            _batch.PackFrozen(shard, chunk, inputs);
            Forward(shard);
            _batch.UnpackFrozen(shard);
        }
    }

    private void RequireFrozenPart(string call)
    {
        if (_frozenPart is null)
        {
            throw new InvalidOperationException($"{call} needs {nameof(TrainerOptions.FrozenLayers)} below the lowest trained layer; this trainer computes all layers in every step.");
        }
    }
}
