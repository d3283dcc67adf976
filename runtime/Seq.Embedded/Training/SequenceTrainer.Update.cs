using Seq.Embedded.Kernels;

namespace Seq.Embedded.Training;

public abstract partial class SequenceTrainer
{
    // The square of a larger one is infinite as a float, and with it Adam's second moment, for good.
    private const double LargestNorm = 1.8e19;

    private readonly AlignedBuffer[] _moments;
    private readonly AlignedBuffer? _average;

    // All that an update changes, and a copy of it as it was when a batch last gave a finite loss and gradient.
    private readonly AlignedBuffer[] _state;
    private readonly AlignedBuffer[] _lastGood;
    private int _lastGoodUpdates;
    private bool _isLossFinite;
    private bool _isFinite;

    /// <summary>Number of updates that the weights have in them: an update that is left out does not count, and one that is taken back no longer.</summary>
    public int Updates { get; private set; }

    /// <summary>Number of updates that were left out because the loss or the gradient was not finite; the last good weights were restored each time.</summary>
    public int Restorations { get; private set; }

    /// <summary>Number of batches whose gradients <see cref="Accumulate"/> has kept for the next update.</summary>
    public int Accumulated { get; private set; }

    /// <summary>A copy of the moving average of the weights, packed as they are; the weights themselves before the first update.</summary>
    /// <exception cref="InvalidOperationException"><see cref="TrainerOptions.AverageDecay"/> is 0.</exception>
    protected AlignedBuffer CopyAverage()
    {
        if (_average is null)
        {
            throw new InvalidOperationException($"The trainer keeps no average of the weights: it was created with {nameof(TrainerOptions.AverageDecay)} 0; allowed: above 0 and below 1.");
        }

        AlignedBuffer copy = CopyWeights();
        _average.Span.CopyTo(Trained(copy));
        return copy;
    }

    /// <summary>
    /// Keeps the gradient of the batch and empties the batch; the next <see cref="Backward()"/> adds to it. So several batches make one
    /// update of the size of all together, in the memory of one. Their losses are to be scaled for all of them. Allocates nothing.
    /// </summary>
    /// <remarks><see cref="Clear"/> or <see cref="Forward(bool)"/> between <see cref="Backward()"/> and the next update give up what was kept.</remarks>
    /// <exception cref="InvalidOperationException">Backward has not been called for this batch.</exception>
    public void Accumulate()
    {
        Require(Phase.Backward, nameof(Accumulate), nameof(Backward));
        Accumulated++;
        EmptyBatch();
    }

    /// <summary>
    /// Clips the gradient, makes one step of the optimiser and empties the batch. Allocates nothing.
    /// </summary>
    /// <remarks>
    /// Clipping is by value first (<see cref="TrainerOptions.ClipValue"/>), then by the global norm of what that left
    /// (<see cref="TrainerOptions.ClipNorm"/>). After the step the average of the weights follows (<see cref="TrainerOptions.AverageDecay"/>).
    /// <para>
    /// When a loss of the batch or the gradient is not finite, or its norm after clipping exceeds 1.8e19, no step is made. The weights, moments, average and number of updates
    /// become those with which a batch last gave a finite loss and gradient, before the step that followed: at first the initial ones.
    /// So weights that a step has spoiled do not stay, whatever it was that made the figures infinite.
    /// The +infinity of <see cref="Ctc"/> for a target that does not fit its time steps does not count: its gradient is zero.
    /// </para>
    /// </remarks>
    /// <param name="learningRate">The learning rate of this step; 0 or more, for example from a <see cref="LearningRateSchedule"/>.</param>
    /// <returns>The norm before clipping, and whether the step was made.</returns>
    /// <exception cref="InvalidOperationException">Backward has not been called for this batch.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The learning rate is negative or not finite.</exception>
    public UpdateResult Update(float learningRate)
    {
        Require(Phase.Backward, nameof(Update), nameof(Backward));

        // Before anything changes, and also where a gradient that is not finite would leave the optimiser out.
        OptimizerSettings.CheckLearningRate(learningRate);
        double norm = GradientNorm.Compute(_gradients.Span);
        float scale = 1;
        bool apply = _isFinite && double.IsFinite(norm) && Clip(norm, out scale) <= LargestNorm;
        if (apply)
        {
            Step(learningRate, scale);
        }
        else
        {
            Copy(_lastGood, _state);
            Updates = _lastGoodUpdates;
            Restorations++;
        }

        Accumulated = 0;
        EmptyBatch();
        return new UpdateResult(norm, apply);
    }

    /// <summary>Clips by value, and gives the scale that clips by norm and the norm that then remains.</summary>
    private double Clip(double norm, out float scale)
    {
        if (_options.ClipValue < float.PositiveInfinity)
        {
            GradientClip.ByValue(_gradients.Span, _options.ClipValue);
            norm = GradientNorm.Compute(_gradients.Span);
        }

        scale = GradientNorm.GetClipScale(norm, _options.ClipNorm);
        return norm * scale;
    }

    private void Step(float learningRate, float scale)
    {
        Copy(_state, _lastGood);
        _lastGoodUpdates = Updates;
        Updates++;
        Span<float> weights = Trained(Weights);
        foreach ((int offset, int length) in _plan.Ranges)
        {
            // Frozen layers in between are left alone, weight decay included.
            int first = offset - _plan.FirstWeight;
            _options.Optimizer.Update(
                weights.Slice(first, length), _gradients.Span.Slice(first, length), MomentOf(0, first, length), MomentOf(1, first, length), Updates, learningRate, scale);
        }

        if (_average is not null)
        {
            // As in PyTorch, the average begins with the first weights that were trained.
            MovingAverage.Update(_average.Span, weights, Updates == 1 ? 0 : _options.AverageDecay);
        }
    }

    private Span<float> MomentOf(int index, int first, int length) => index < _moments.Length ? _moments[index].Span.Slice(first, length) : default;

    /// <summary>Every loss of a batch goes through here, so that <see cref="Update"/> knows of one that is not finite.</summary>
    private double Noted(double loss)
    {
        _isLossFinite &= double.IsFinite(loss);
        return loss;
    }

    private void EmptyBatch()
    {
        _batch.Clear();
        _phase = Phase.Collecting;
    }

    /// <summary>Clear and Forward in place of Update give up the gradient, and what was kept in it.</summary>
    private void GiveUpGradient()
    {
        if (_phase == Phase.Backward)
        {
            Accumulated = 0;
        }
    }

    private static AlignedBuffer[] Buffers(int count, int length)
    {
        AlignedBuffer[] buffers = new AlignedBuffer[count];
        for (int i = 0; i < count; i++)
        {
            buffers[i] = new AlignedBuffer(length);
        }

        return buffers;
    }

    /// <summary>Copies what is trained; weights that are frozen stay as they are.</summary>
    private void Copy(AlignedBuffer[] from, AlignedBuffer[] to)
    {
        for (int i = 0; i < from.Length; i++)
        {
            Trained(from[i]).CopyTo(Trained(to[i]));
        }
    }
}
