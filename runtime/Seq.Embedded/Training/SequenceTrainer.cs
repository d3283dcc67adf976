using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Seq.Embedded.Kernels;

namespace Seq.Embedded.Training;

/// <summary>
/// Trains a model with back-propagation through time: the base of every generated <c>Trainer</c>.
/// One training step: <see cref="Clear"/>, <see cref="Add(ReadOnlySpan{float})"/> for each sequence, <see cref="Forward(bool)"/>, a loss
/// (<see cref="CrossEntropy"/>, <see cref="BinaryCrossEntropy"/>, <see cref="MeanSquaredError"/>, <see cref="Ctc"/>, <see cref="Detector"/>, or
/// <see cref="GetOutputGradients"/> filled by the caller), <see cref="Backward()"/>, <see cref="Update"/>.
/// </summary>
/// <remarks>
/// <see cref="Accumulate"/> in place of Update makes one step of several batches. <see cref="SaveState"/> after Forward carries the state of a sequence over to the next batch.
/// <see cref="GetFrozenRows"/> and <see cref="AddFrozenRows"/> save computing frozen layers again. <see cref="SaveCheckpoint"/> and <see cref="LoadCheckpoint"/> end a training and
/// go on with it, to the same bits.
/// <para>
/// Memory is taken at creation (<see cref="MemoryBytes"/>); a training step allocates nothing. A batch is cut into shards of a size that
/// does not depend on the number of threads, and their gradients are added in one order: so neither do the results.
/// Without dropout the outputs of a sequence do not depend, bit for bit, on the rest of the batch. Gradients are sums over the batch:
/// another order of <see cref="Add(ReadOnlySpan{float})"/> rounds them differently, and with dropout gives the sequences other masks.
/// Outputs, gradients and trained weights have the same bits on all machines with fused multiply-add, whatever the width of their vectors.
/// One thread at a time may call a trainer.
/// </para>
/// </remarks>
public abstract partial class SequenceTrainer : IDisposable, IParallelWork
{
    private readonly TrainerOptions _options;
    private readonly TrainerLayout _layout;
    private readonly TrainerPlan _plan;
    private readonly WorkerPool _pool;
    private readonly TrainerShard[] _shards;
    private readonly TrainerShard? _frozenPart;
    private readonly SequenceBatch _batch;
    private readonly AlignedBuffer _gradients;
    private readonly AlignedBuffer[] _transposed;
    private int _activeShards;
    private Phase _phase;
    private bool _goingBack;
    private ulong _rounds;

    /// <summary>Called by generated trainers: takes all memory.</summary>
    /// <param name="options">Sizes and settings.</param>
    /// <param name="layout">What the generated code needs.</param>
    /// <param name="weights">The weights to start from; copied.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range, or MaxBatch and MaxSteps need a buffer of 2^31 values
    /// or more bytes than the machine or MaxMemoryBytes has; see <see cref="TrainerOptions.MaxBatch"/>. No memory has been taken then.</exception>
    /// <exception cref="ArgumentException">FrozenLayers names a layer that is none, or all of them, the model cannot be computed with
    /// <see cref="TrainerOptions.ActivationCheckpointSteps"/>, or the optimiser is SGD with Nesterov's momentum, but has no momentum or a dampening.</exception>
    /// <exception cref="ArgumentNullException">The options, their Optimizer or FrozenLayers, or the layout are null.</exception>
    protected SequenceTrainer(TrainerOptions options, TrainerLayout layout, ReadOnlySpan<float> weights)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(layout);
        _plan = new TrainerPlan(layout, options, weights.Length);
        MemoryBytes = TrainerMemory.CheckedBytes(_plan);
        _options = options;
        _layout = layout;
        _shards = new TrainerShard[TrainerMemory.GetShards(options.MaxBatch)];
        for (int i = 0; i < _shards.Length; i++)
        {
            _shards[i] = new TrainerShard(_plan);
        }

        _frozenPart = _plan.HasFrozenPart ? new TrainerShard(_plan, isFrozenPart: true) : null;
        _batch = new SequenceBatch(_plan);
        Weights = new AlignedBuffer(weights.Length);
        weights.CopyTo(Weights.Span);
        _gradients = new AlignedBuffer(_plan.TrainedWeights);
        _moments = Buffers(options.Optimizer.Moments, _plan.TrainedWeights);
        _average = options.AverageDecay > 0 ? new AlignedBuffer(_plan.TrainedWeights) : null;
        if (_average is not null)
        {
            Trained(Weights).CopyTo(_average.Span);
        }

        _state = [Weights, .. _moments, .. _average is null ? [] : new[] { _average }];
        _lastGood = Buffers(_state.Length, _plan.TrainedWeights);
        Copy(_state, _lastGood);
        _transposed = new AlignedBuffer[layout.TransposedPanels.Count];
        for (int i = 0; i < _transposed.Length; i++)
        {
            TransposedPanel panel = layout.TransposedPanels[i];
            _transposed[i] = new AlignedBuffer(_plan.Transposes(panel) ? panel.Size : 0);
        }

        _pool = new WorkerPool(options.Threads);
    }

    private enum Phase
    {
        Collecting,
        Forward,
        Backward,
    }

    /// <summary>Number of sequences in the batch.</summary>
    public int Count => _batch.Count;

    /// <summary>
    /// Bytes that the trainer took at creation for weights, gradients, moments, the copy of these from before the last step and activations. The formula is that of
    /// <see cref="TrainerLayout.GetMemoryBytes"/>.
    /// </summary>
    public long MemoryBytes { get; }

    /// <summary>What the generated code needs.</summary>
    internal TrainerLayout Layout => _layout;

    /// <summary>The weights in training, packed.</summary>
    protected AlignedBuffer Weights { get; }

    /// <summary>A copy of the gradient of the weights after <see cref="Backward()"/> and before the next call that changes the batch, packed as the weights are;
    /// zero for frozen layers.</summary>
    /// <exception cref="InvalidOperationException">Backward has not been called for this batch, or Update, Clear or Forward has since.</exception>
    protected AlignedBuffer CopyGradients()
    {
        Require(Phase.Backward, "Reading the gradients of the weights", $"{nameof(Backward)}, before {nameof(Update)} or {nameof(Clear)}");
        AlignedBuffer copy = new(Weights.Length);
        _gradients.Span.CopyTo(Trained(copy));
        return copy;
    }

    /// <summary>A copy of the weights, packed.</summary>
    protected AlignedBuffer CopyWeights()
    {
        AlignedBuffer copy = new(Weights.Length);
        Weights.Span.CopyTo(copy.Span);
        return copy;
    }

    /// <summary>Empties the batch. After <see cref="Backward()"/> that gives up the gradient, and what was kept by <see cref="Accumulate"/>. Allocates nothing.</summary>
    public void Clear()
    {
        GiveUpGradient();
        EmptyBatch();
    }

    /// <summary>
    /// Adds a sequence to the batch; its values are copied. It begins with the state that streams begin with. Allocates nothing. Frozen layers below the lowest trained one are
    /// computed here, for this sequence, on the calling thread (<see cref="TrainerOptions.FrozenLayers"/>).
    /// </summary>
    /// <param name="inputs">The input vectors (T, I), T from 1 to MaxSteps; sequences of a batch can differ in T.</param>
    /// <returns>Index of the sequence in the batch.</returns>
    /// <exception cref="ArgumentException">The length is no multiple of I, or T is out of its range.</exception>
    /// <exception cref="InvalidOperationException">The batch is full, Forward has been called since Clear, or the model takes tokens.</exception>
    public int Add(ReadOnlySpan<float> inputs) => AddVectors(inputs, default, isGiven: false);

    /// <summary>
    /// Adds a sequence that begins with a given state; all values are copied. The outputs are those of a stream after <c>RestoreState(initialState)</c>, bit for bit.
    /// No gradient of the state is computed. Allocates nothing. A sequence added with <see cref="AddFrozenRows"/> cannot be given a state: add its inputs.
    /// </summary>
    /// <param name="inputs">The input vectors (T, I), T from 1 to MaxSteps; sequences of a batch can differ in T.</param>
    /// <param name="initialState">StateSize values in the order of a stream's snapshot.</param>
    /// <returns>Index of the sequence in the batch.</returns>
    /// <exception cref="ArgumentException">A length is another, or T is out of its range.</exception>
    /// <exception cref="InvalidOperationException">The batch is full, Forward has been called since Clear, the model takes tokens, or it has
    /// convolutions or pooling over time, whose sequences begin anew.</exception>
    public int Add(ReadOnlySpan<float> inputs, ReadOnlySpan<float> initialState) => AddVectors(inputs, initialState, isGiven: true);

    /// <summary>Called by generated trainers of models that take tokens.</summary>
    /// <param name="tokens">The tokens (T).</param>
    /// <returns>Index of the sequence in the batch.</returns>
    protected int AddTokens(ReadOnlySpan<int> tokens) => AddTokens(tokens, default, isGiven: false);

    /// <summary>Called by generated trainers of models that take tokens.</summary>
    /// <param name="tokens">The tokens (T).</param>
    /// <param name="initialState">StateSize values in the order of a stream's snapshot.</param>
    /// <returns>Index of the sequence in the batch.</returns>
    protected int AddTokens(ReadOnlySpan<int> tokens, ReadOnlySpan<float> initialState) => AddTokens(tokens, initialState, isGiven: true);

    /// <summary>Called by generated trainers of encoder-decoder models whose sources are vectors.</summary>
    /// <param name="source">The source (T, I).</param>
    /// <param name="targetInputs">The tokens that the decoder takes.</param>
    /// <returns>Index of the pair in the batch.</returns>
    protected int AddPair(ReadOnlySpan<float> source, ReadOnlySpan<int> targetInputs)
    {
        Shapes.CheckTokens(targetInputs, _layout.TargetSize, nameof(targetInputs));
        Require(Phase.Collecting, nameof(Add), nameof(Clear));
        return AddToBatch(source, targetInputs, default, isGiven: false);
    }

    /// <summary>Called by generated trainers of encoder-decoder models whose sources are tokens.</summary>
    /// <param name="source">The source (T).</param>
    /// <param name="targetInputs">The tokens that the decoder takes.</param>
    /// <returns>Index of the pair in the batch.</returns>
    protected int AddPair(ReadOnlySpan<int> source, ReadOnlySpan<int> targetInputs)
    {
        Shapes.CheckTokens(source, _layout.InputSize, nameof(source));
        return AddPair(MemoryMarshal.Cast<int, float>(source), targetInputs);
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

        if (training)
        {
            // Forward passes of an evaluation between two updates leave the masks of the next update as they are.
            _rounds++;
        }

        GiveUpGradient();
        _isLossFinite = true;
        _activeShards = TrainerMemory.GetShards(Count);
        _batch.DealOut(_shards.AsSpan(0, _activeShards), training, _rounds);
        _batch.ClearOutputGradients();
        RunShards(goingBack: false);
        _phase = Phase.Forward;
    }

    /// <summary>
    /// Number of time steps (T) of the inputs of a sequence of the batch. A model with layers of a stride has fewer output rows:
    /// ceil(T / S), S being the product of its strides.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The batch has no such sequence.</exception>
    public int GetSteps(int index) => _batch.GetSteps(index);

    /// <summary>
    /// Outputs of a sequence after <see cref="Forward(bool)"/>: (T, O); (ceil(T / S), O) where the strides of the layers multiply to S,
    /// row j being that of time step j * S; or (O) where a sequence has one output.
    /// </summary>
    /// <exception cref="InvalidOperationException">Forward has not been called for this batch.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The batch has no such sequence.</exception>
    public ReadOnlySpan<float> GetOutputs(int index)
    {
        RequireOutputs(nameof(GetOutputs));
        return _batch.GetOutputs(index);
    }

    /// <summary>
    /// Gradient of the loss with respect to the outputs of a sequence, same shape as <see cref="GetOutputs"/>: zero after
    /// <see cref="Forward(bool)"/>, filled by the caller. For a softmax or sigmoid output these are gradients of the probabilities; where
    /// <see cref="CrossEntropy"/>, <see cref="BinaryCrossEntropy"/> or <see cref="Ctc"/> has set them, of the logits.
    /// </summary>
    /// <exception cref="InvalidOperationException">Forward has not been called for this batch, or Backward has.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The batch has no such sequence.</exception>
    public Span<float> GetOutputGradients(int index)
    {
        Require(Phase.Forward, nameof(GetOutputGradients), nameof(Forward));
        return _batch.GetOutputGradients(index);
    }

    /// <summary>
    /// The state of a sequence after its last time step, as that of a stream after the same time steps, bit for bit: a sequence of the next batch that is
    /// added with it goes on where this one ends. No gradient flows from there back to here: truncated back-propagation through time.
    /// With dropout the state is the one of this forward pass. Allocates nothing.
    /// </summary>
    /// <param name="index">The sequence.</param>
    /// <param name="snapshot">Receives StateSize values, in the order of a stream's snapshot.</param>
    /// <exception cref="InvalidOperationException">Forward has not been called for this batch, the model has convolutions, pooling over time or a decoder,
    /// whose sequences begin anew, or the sequence was added with <see cref="AddFrozenRows"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The batch has no such sequence.</exception>
    /// <exception cref="ArgumentException">The snapshot has another length.</exception>
    public void SaveState(int index, Span<float> snapshot)
    {
        RequireCarriedState("a sequence leaves no state to go on from");
        RequireOutputs(nameof(SaveState));
        Shapes.Check(snapshot.Length, _layout.StateSize, nameof(snapshot));
        if (!_batch.HasStates(index))
        {
            throw new InvalidOperationException($"Sequence {index} was added with {nameof(AddFrozenRows)}: the states of the frozen layers are not known; add its inputs.");
        }

        _batch.SaveState(index, _shards.AsSpan(0, _activeShards), snapshot);
    }

    /// <summary>
    /// Back-propagation through time: the gradient of all weights from the gradients of the outputs, added to what <see cref="Accumulate"/> kept. Allocates nothing.
    /// </summary>
    /// <exception cref="InvalidOperationException">Forward has not been called for this batch.</exception>
    public void Backward()
    {
        Require(Phase.Forward, nameof(Backward), nameof(Forward));
        for (int i = 0; i < _transposed.Length; i++)
        {
            if (_plan.Transposes(_layout.TransposedPanels[i]))
            {
                _layout.TransposedPanels[i].Fill(Weights.Span, _transposed[i].Span);
            }
        }

        RunShards(goingBack: true);
        Span<float> gradients = _gradients.Span;
        if (Accumulated == 0)
        {
            _shards[0].Gradients.CopyTo(gradients);
        }

        for (int i = Accumulated == 0 ? 1 : 0; i < _activeShards; i++)
        {
            TensorPrimitives.Add(gradients, _shards[i].Gradients, gradients);
        }

        _isFinite = _isLossFinite && (Accumulated == 0 || _isFinite);
        _phase = Phase.Backward;
    }

    /// <summary>Ends the threads. Those of a trainer that is not disposed of end when it is collected.</summary>
    public void Dispose()
    {
        _pool.Dispose();
        GC.SuppressFinalize(this);
    }

    void IParallelWork.Execute(int item)
    {
        TrainerShard shard = _shards[item];
        if (_goingBack)
        {
            GoBack(shard);
            return;
        }

        for (int chunk = 0; chunk < shard.Chunks; chunk++)
        {
            ComputeChunk(shard, chunk);
            _batch.UnpackOutputs(shard);
        }
    }

    /// <summary>Generated: computes the layers of a shard.</summary>
    protected abstract void Forward(TrainerShard shard);

    /// <summary>The transposed form of one of the layout's <see cref="TrainerLayout.TransposedPanels"/>, during <see cref="Backward(TrainerShard)"/>.</summary>
    protected ReadOnlySpan<float> Transposed(int index) => _transposed[index].Span;

    /// <summary>Generated: adds the gradient of the trained weights to the shard's gradients.</summary>
    protected abstract void Backward(TrainerShard shard);

    private void ComputeChunk(TrainerShard shard, int chunk)
    {
        _batch.PackChunk(shard, chunk);
        Forward(shard);
        if (_plan.HasCheckpoints)
        {
            _batch.KeepStates(shard);
        }
    }

    private void GoBack(TrainerShard shard)
    {
        shard.Gradients.Clear();
        for (int chunk = shard.Chunks - 1; chunk >= 0; chunk--)
        {
            if (chunk < shard.Chunks - 1)
            {
                // The activations of the last chunk are there; all others are computed again.
                ComputeChunk(shard, chunk);
            }

            _batch.PackOutputGradients(shard);
            Backward(shard);
        }
    }

    /// <summary>The part of the weights, or of a buffer that is as long or has this part only, from the lowest trained layer on.</summary>
    private Span<float> Trained(AlignedBuffer buffer) => buffer.Span[^_plan.TrainedWeights..];

    private int AddVectors(ReadOnlySpan<float> inputs, ReadOnlySpan<float> initialState, bool isGiven)
    {
        if (_layout.TargetSize > 0)
        {
            throw new InvalidOperationException("The model has a decoder; add a source together with the tokens of its target.");
        }

        if (_layout.Tokens)
        {
            throw new InvalidOperationException("The model takes tokens, not vectors; add a sequence of int.");
        }

        return AddRows(inputs, initialState, isGiven);
    }

    private int AddTokens(ReadOnlySpan<int> tokens, ReadOnlySpan<float> initialState, bool isGiven)
    {
        Shapes.CheckTokens(tokens, _layout.InputSize, nameof(tokens));
        return AddRows(MemoryMarshal.Cast<int, float>(tokens), initialState, isGiven);
    }

    private int AddRows(ReadOnlySpan<float> inputs, ReadOnlySpan<float> initialState, bool isGiven)
    {
        if (isGiven)
        {
            RequireCarriedState("add the sequence without a state");
        }

        Require(Phase.Collecting, nameof(Add), nameof(Clear));
        if (isGiven)
        {
            Shapes.Check(initialState.Length, _layout.StateSize, nameof(initialState));
        }

        return AddToBatch(inputs, default, initialState, isGiven);
    }

    private void RunShards(bool goingBack)
    {
        // A pass that fails leaves activations half written: then the batch is as it was before Forward.
        _phase = Phase.Collecting;
        _goingBack = goingBack;
        _pool.Run(this, _activeShards);
    }

    /// <param name="instead">What follows from it for the caller.</param>
    private void RequireCarriedState(string instead)
    {
        if (_layout.BeginsAnew || _layout.TargetSize > 0)
        {
            throw new InvalidOperationException($"The model has {(_layout.BeginsAnew ? "convolutions or pooling over time" : "a decoder")}, whose sequences begin anew; {instead}.");
        }
    }

    private void RequireOutputs(string call)
    {
        if (_phase == Phase.Collecting)
        {
            throw new InvalidOperationException($"{call} must follow {nameof(Forward)}.");
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
