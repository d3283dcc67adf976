namespace Seq.Embedded.Training;

/// <summary>The one-cycle learning rate: up from a small value to the maximum, then down to almost zero, both along half a cosine.</summary>
/// <remarks>
/// <code>
/// start = max / divFactor, end = start / finalDivFactor, peak = warmUp * totalSteps - 1
/// step up to peak: cosine(start, max, step / peak)
/// after it:        cosine(max, end, (step - peak) / (totalSteps - 1 - peak))
/// cosine(a, b, x) = b + (a - b) / 2 * (1 + cos(pi x))
/// </code>
/// Source: Smith and Topin, "Super-Convergence" (2018), in the form of PyTorch's <c>OneCycleLR</c> (two phases, cosine). Immutable.
/// </remarks>
public sealed class OneCycleSchedule : LearningRateSchedule
{
    private readonly double _start;
    private readonly double _end;
    private readonly double _peakStep;

    /// <summary>Creates a schedule.</summary>
    /// <param name="maxLearningRate">The learning rate at the peak; positive and finite.</param>
    /// <param name="totalSteps">Number of steps; at least 1.</param>
    /// <param name="warmUp">Share of the steps before the peak, 0 to 1 (PyTorch's pct_start).</param>
    /// <param name="divFactor">Maximum divided by the first learning rate; positive and finite.</param>
    /// <param name="finalDivFactor">First divided by the last learning rate; positive and finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value lies outside its range.</exception>
    public OneCycleSchedule(float maxLearningRate, int totalSteps, double warmUp = 0.3, double divFactor = 25, double finalDivFactor = 1e4)
    {
        CheckPositive(maxLearningRate, nameof(maxLearningRate));
        ArgumentOutOfRangeException.ThrowIfLessThan(totalSteps, 1);
        if (!(warmUp is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(warmUp), warmUp, "The share must be 0 to 1.");
        }

        CheckPositive(divFactor, nameof(divFactor));
        CheckPositive(finalDivFactor, nameof(finalDivFactor));
        MaxLearningRate = maxLearningRate;
        TotalSteps = totalSteps;
        _start = maxLearningRate / divFactor;
        _end = _start / finalDivFactor;
        _peakStep = (warmUp * totalSteps) - 1;
    }

    /// <summary>The learning rate at the peak.</summary>
    public float MaxLearningRate { get; }

    /// <summary>Number of steps.</summary>
    public int TotalSteps { get; }

    /// <summary>The learning rate of one step. Allocates nothing.</summary>
    /// <param name="step">The step, 0 to <see cref="TotalSteps"/> - 1.</param>
    /// <returns>The learning rate.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="step"/> is outside its range.</exception>
    public override float GetLearningRate(int step)
    {
        if (unchecked((uint)step) >= (uint)TotalSteps)
        {
            throw new ArgumentOutOfRangeException(nameof(step), step, $"The step must be 0 to {TotalSteps - 1}.");
        }

        if (step > _peakStep)
        {
            return Anneal(MaxLearningRate, _end, (step - _peakStep) / (TotalSteps - 1 - _peakStep));
        }

        // A rise of no length (warm-up of one step) starts at its end.
        return Anneal(_start, MaxLearningRate, _peakStep > 0 ? step / _peakStep : 1);
    }
}
