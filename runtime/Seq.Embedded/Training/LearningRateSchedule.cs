namespace Seq.Embedded.Training;

/// <summary>The learning rate of each update: a function of the number of the step. Derive for one of your own.</summary>
/// <remarks>With <see cref="SequenceTrainer.Updates"/> as the step, a training run that goes on from a checkpoint goes on with its schedule too.</remarks>
public abstract class LearningRateSchedule
{
    /// <summary>The learning rate of one step. Allocates nothing.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <returns>The learning rate: 0 or more, and finite.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative, or beyond the last one of a schedule that has a last one.</exception>
    public abstract float GetLearningRate(int step);

    /// <summary>From one value at share 0 to another at share 1, along half a cosine.</summary>
    private protected static float Anneal(double from, double to, double share) =>
        (float)(to + ((from - to) * HalfCosine.Fall(share)));

    private protected static void CheckPositive(double value, string name)
    {
        if (!(value > 0 && double.IsFinite(value)))
        {
            throw new ArgumentOutOfRangeException(name, value, "The value must be positive and finite.");
        }
    }

    private protected static void CheckNotNegative(double value, string name)
    {
        if (!(value >= 0 && double.IsFinite(value)))
        {
            throw new ArgumentOutOfRangeException(name, value, "The value must be 0 or more, and finite.");
        }
    }
}
