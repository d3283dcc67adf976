namespace Seq.Embedded.Training;

/// <summary>The AdamW optimiser: Adam with decoupled weight decay.</summary>
/// <remarks>
/// Source: Loshchilov and Hutter, "Decoupled Weight Decay Regularization" (2019), algorithm 2, in the form of PyTorch's
/// <c>torch.optim.AdamW</c> (epsilon is added after the bias correction of the second moment).
/// </remarks>
public static class AdamW
{
    /// <summary>Updates parameters and moments by one step.</summary>
    /// <remarks>
    /// For each element, with t = <paramref name="step"/>, a = <paramref name="learningRate"/>, s = <paramref name="gradientScale"/>:
    /// <code>
    /// g = s * gradient
    /// m = beta1 * m + (1 - beta1) * g
    /// v = beta2 * v + (1 - beta2) * g * g
    /// p = p * (1 - a * decay) - a / (1 - beta1^t) * m / (sqrt(v / (1 - beta2^t)) + epsilon)
    /// </code>
    /// Element-wise, so the layout of the arena does not matter, and where p, gradient, m and v are zero (the padding of panels) p stays
    /// zero. The result of an element does not depend on its place or on the width of a vector. A NaN or infinite gradient makes the
    /// parameter and moments of its element NaN or infinite for good: check <see cref="GradientNorm.Compute"/> first.
    /// Allocates nothing.
    /// </remarks>
    /// <param name="parameters">p, updated in place.</param>
    /// <param name="gradients">The gradients, same length.</param>
    /// <param name="firstMoment">m, same length; zeros before the first step.</param>
    /// <param name="secondMoment">v, same length; zeros before the first step.</param>
    /// <param name="settings">Betas, epsilon and weight decay.</param>
    /// <param name="step">Number of this step, from 1.</param>
    /// <param name="learningRate">a; finite, not negative.</param>
    /// <param name="gradientScale">s, for example from <see cref="GradientNorm.GetClipScale"/>; 1 changes nothing.</param>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range, <paramref name="step"/> is below 1, or
    /// <paramref name="learningRate"/> is negative or not finite.</exception>
    public static void Update(
        Span<float> parameters, ReadOnlySpan<float> gradients, Span<float> firstMoment, Span<float> secondMoment,
        AdamWSettings settings, int step, float learningRate, float gradientScale)
    {
        ArgumentNullException.ThrowIfNull(settings);
        AdamStep.Update(
            parameters, gradients, firstMoment, secondMoment, settings, penalty: 0, settings.WeightDecay, step, learningRate, gradientScale);
    }
}
