using System.Numerics.Tensors;
using Seq.Embedded.Kernels;

namespace Seq.Embedded.Training;

public abstract partial class SequenceTrainer
{
    private readonly AlignedBuffer[] _moments;
    private readonly AlignedBuffer? _average;

    // All that a step changes, and a copy of it as it was before the last step.
    private readonly AlignedBuffer[] _state;
    private readonly AlignedBuffer[] _lastGood;

    // Steps of the optimiser that the weights have in them, and those that the copy has.
    private int _steps;
    private int _lastGoodSteps;
    private bool _isLossFinite;
    private bool _isFinite;
    private bool _wasFinite = true;

    /// <summary>
    /// Number of calls of <see cref="Update"/> since the training began, whether they made a step or not: it never falls, so it ends a loop, and moves a
    /// <see cref="LearningRateSchedule"/> and the choice of batches on. A checkpoint carries it.
    /// </summary>
    public int Updates { get; private set; }

    /// <summary>Number of calls of <see cref="Update"/> that made no step: those that returned <see cref="UpdateResult.Applied"/> = false. A checkpoint carries it.</summary>
    public int Skipped { get; private set; }

    /// <summary>
    /// Number of steps that <see cref="Update"/> took back, bringing back the weights, moments and average from before them: those that made one of these values
    /// infinite or NaN, and those after which two batches in a row were not finite. A checkpoint carries it.
    /// </summary>
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
    /// Figures that are not finite make no step (<see cref="UpdateResult.Applied"/> is false), and never stay:
    /// </para>
    /// <list type="bullet">
    /// <item>A loss of the batch, or the gradient, is not finite: the batch is left out, and weights, moments and average stay as they are.</item>
    /// <item>So is the next one, too: the weights are to blame, and the last step that was made is taken back, that is, weights, moments and average become those
    /// before it.</item>
    /// <item>The step made a weight, moment or average infinite or NaN: it is taken back at once.</item>
    /// </list>
    /// <para>
    /// There is one copy of weights, moments and average, made before each step: once a step is taken back, there is no other to take back until the next one is made.
    /// All batches since <see cref="Accumulate"/> count as one. The +infinity of <see cref="Ctc"/> for a target that does not fit its time steps does not count: its
    /// gradient is zero. A learning rate that is too high brings the same step again and again: <see cref="Skipped"/> and <see cref="Restorations"/> show it.
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
        bool isFinite = _isFinite && double.IsFinite(norm);
        if (isFinite)
        {
            Copy(_state, _lastGood);
            _lastGoodSteps = _steps;
            Step(learningRate, Clip(norm));
        }

        // A step that spoiled something, or left weights with which nothing is finite.
        bool takesBack = isFinite ? !IsStateFinite() : !_wasFinite && _steps > _lastGoodSteps;
        if (takesBack)
        {
            Copy(_lastGood, _state);
            _steps = _lastGoodSteps;
            Restorations++;
        }

        bool applied = isFinite && !takesBack;
        _wasFinite = isFinite;
        Updates++;
        Skipped += applied ? 0 : 1;
        Accumulated = 0;
        EmptyBatch();
        return new UpdateResult(norm, applied);
    }

    /// <summary>Clips by value, and gives the scale that clips by norm.</summary>
    private float Clip(double norm)
    {
        if (_options.ClipValue < float.PositiveInfinity)
        {
            GradientClip.ByValue(_gradients.Span, _options.ClipValue);
            norm = GradientNorm.Compute(_gradients.Span);
        }

        return GradientNorm.GetClipScale(norm, _options.ClipNorm);
    }

    private void Step(float learningRate, float scale)
    {
        _steps++;
        Span<float> weights = Trained(Weights);
        foreach ((int offset, int length) in _plan.Ranges)
        {
            // Frozen layers in between are left alone, weight decay included.
            int first = offset - _plan.FirstWeight;
            _options.Optimizer.Update(
                weights.Slice(first, length), _gradients.Span.Slice(first, length), MomentOf(0, first, length), MomentOf(1, first, length), _steps, learningRate, scale);
        }

        if (_average is not null && _steps == 1)
        {
            // As in PyTorch, the average begins with the first weights that were trained.
            weights.CopyTo(_average.Span);
        }
        else if (_average is not null)
        {
            MovingAverage.Update(_average.Span, weights, _options.AverageDecay);
        }
    }

    private bool IsStateFinite()
    {
        foreach (AlignedBuffer buffer in _state)
        {
            if (!TensorPrimitives.IsFiniteAll<float>(Trained(buffer)))
            {
                return false;
            }
        }

        return true;
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
