namespace Seq.Embedded.Training;

/// <summary>A learning rate that falls by a factor every so many steps.</summary>
/// <remarks>
/// <code>
/// rate = learningRate * gamma^floor(step / stepSize)
/// </code>
/// As PyTorch's <c>StepLR</c>. Immutable.
/// </remarks>
public sealed class StepSchedule : LearningRateSchedule
{
    private readonly float _learningRate;
    private readonly int _stepSize;
    private readonly double _gamma;

    /// <summary>Creates a schedule.</summary>
    /// <param name="learningRate">The first learning rate; 0 or more, and finite.</param>
    /// <param name="stepSize">Steps from one change to the next; at least 1.</param>
    /// <param name="gamma">The factor, above 0 and up to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value lies outside its range.</exception>
    public StepSchedule(float learningRate, int stepSize, double gamma = 0.1)
    {
        CheckNotNegative(learningRate, nameof(learningRate));
        ArgumentOutOfRangeException.ThrowIfLessThan(stepSize, 1);
        if (!(gamma is > 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(gamma), gamma, "The factor must be above 0 and up to 1.");
        }

        _learningRate = learningRate;
        _stepSize = stepSize;
        _gamma = gamma;
    }

    /// <inheritdoc/>
    public override float GetLearningRate(int step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return (float)(_learningRate * Powers.Raise(_gamma, step / _stepSize));
    }
}
