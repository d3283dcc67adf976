namespace Seq.Embedded.Training;

/// <summary>A learning rate that falls along half a cosine, and then stays.</summary>
/// <remarks>
/// <code>
/// rate = least + (learningRate - least) / 2 * (1 + cos(pi * min(step, totalSteps) / totalSteps))
/// </code>
/// Source: Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts" (2017), without restarts, as the closed form of
/// PyTorch's <c>CosineAnnealingLR</c>, which rises again after totalSteps. Immutable.
/// </remarks>
public sealed class CosineSchedule : LearningRateSchedule
{
    private readonly float _learningRate;
    private readonly float _least;

    /// <summary>Creates a schedule.</summary>
    /// <param name="learningRate">The first learning rate; 0 or more, and finite.</param>
    /// <param name="totalSteps">Steps until the least one; at least 1 (PyTorch's T_max).</param>
    /// <param name="leastLearningRate">The last learning rate, 0 to <paramref name="learningRate"/> (PyTorch's eta_min).</param>
    /// <exception cref="ArgumentOutOfRangeException">A value lies outside its range.</exception>
    public CosineSchedule(float learningRate, int totalSteps, float leastLearningRate = 0)
    {
        CheckNotNegative(learningRate, nameof(learningRate));
        ArgumentOutOfRangeException.ThrowIfLessThan(totalSteps, 1);
        if (!(leastLearningRate >= 0 && leastLearningRate <= learningRate))
        {
            throw new ArgumentOutOfRangeException(nameof(leastLearningRate), leastLearningRate, $"The least learning rate must be 0 to the first, {learningRate}.");
        }

        _learningRate = learningRate;
        _least = leastLearningRate;
        TotalSteps = totalSteps;
    }

    /// <summary>Steps until the least learning rate.</summary>
    public int TotalSteps { get; }

    /// <inheritdoc/>
    public override float GetLearningRate(int step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return step >= TotalSteps ? _least : Anneal(_learningRate, _least, (double)step / TotalSteps);
    }
}
