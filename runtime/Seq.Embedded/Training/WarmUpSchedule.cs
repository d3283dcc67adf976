namespace Seq.Embedded.Training;

/// <summary>A rise in a straight line to the first learning rate of another schedule, which then begins.</summary>
/// <remarks>
/// <code>
/// step below steps:  after(0) * (startFactor + (1 - startFactor) * step / steps)
/// from there on:     after(step - steps)
/// </code>
/// As PyTorch's <c>LinearLR</c>, followed by the other schedule in a <c>SequentialLR</c>. The other schedule counts the steps after the
/// warm-up only. Immutable where the other one is.
/// </remarks>
public sealed class WarmUpSchedule : LearningRateSchedule
{
    private readonly LearningRateSchedule _after;
    private readonly int _steps;
    private readonly double _startFactor;

    /// <summary>Creates a schedule.</summary>
    /// <param name="after">What follows.</param>
    /// <param name="steps">Steps of the rise; 0 or more.</param>
    /// <param name="startFactor">The first learning rate divided by that at the end of the rise, 0 to 1; the default is PyTorch's.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value lies outside its range.</exception>
    public WarmUpSchedule(LearningRateSchedule after, int steps, double startFactor = 1.0 / 3)
    {
        ArgumentNullException.ThrowIfNull(after);
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        if (!(startFactor is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(startFactor), startFactor, "The factor must be 0 to 1.");
        }

        _after = after;
        _steps = steps;
        _startFactor = startFactor;
    }

    /// <inheritdoc/>
    public override float GetLearningRate(int step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return step < _steps
            ? (float)(_after.GetLearningRate(0) * (_startFactor + ((1 - _startFactor) * step / _steps)))
            : _after.GetLearningRate(step - _steps);
    }
}
