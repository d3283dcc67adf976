namespace Seq.Embedded.Training;

/// <summary>The same learning rate at every step. Immutable.</summary>
public sealed class ConstantSchedule : LearningRateSchedule
{
    private readonly float _learningRate;

    /// <summary>Creates a schedule.</summary>
    /// <param name="learningRate">The learning rate; 0 or more, and finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">The learning rate is negative or not finite.</exception>
    public ConstantSchedule(float learningRate)
    {
        CheckNotNegative(learningRate, nameof(learningRate));
        _learningRate = learningRate;
    }

    /// <inheritdoc/>
    public override float GetLearningRate(int step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return _learningRate;
    }
}
