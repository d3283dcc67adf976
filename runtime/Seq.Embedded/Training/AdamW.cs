using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

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
        in AdamWSettings settings, int step, float learningRate, float gradientScale)
    {
        int length = parameters.Length;
        if (gradients.Length != length || firstMoment.Length != length || secondMoment.Length != length)
        {
            throw new ArgumentException(
                $"Lengths differ: {length} parameters, {gradients.Length} gradients, moments of {firstMoment.Length} and {secondMoment.Length}.");
        }

        settings.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        if (!(learningRate >= 0 && float.IsFinite(learningRate)))
        {
            throw new ArgumentOutOfRangeException(nameof(learningRate), learningRate, "The learning rate must be 0 or more, and finite.");
        }

        // v / c2 under the root is written as sqrt(v) * (1 / sqrt(c2)): one multiplication in place of a division.
        float rest1 = (float)(1 - settings.Beta1);
        float rest2 = (float)(1 - settings.Beta2);
        float beta2 = (float)settings.Beta2;
        float epsilon = (float)settings.Epsilon;
        float keep = (float)(1 - (learningRate * settings.WeightDecay));
        float rate = (float)(-learningRate / (1 - Power(settings.Beta1, step)));
        float rootScale = (float)(1 / Math.Sqrt(1 - Power(settings.Beta2, step)));

        ref float p = ref MemoryMarshal.GetReference(parameters);
        ref float d = ref MemoryMarshal.GetReference(gradients);
        ref float m = ref MemoryMarshal.GetReference(firstMoment);
        ref float v = ref MemoryMarshal.GetReference(secondMoment);
        int i = 0;
        for (; i <= length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> g = Vector.LoadUnsafe(ref d, (nuint)i) * gradientScale;
            Vector<float> first = Vector.LoadUnsafe(ref m, (nuint)i);
            first = Vector.MultiplyAddEstimate(g - first, new Vector<float>(rest1), first);
            Vector<float> second = Vector.LoadUnsafe(ref v, (nuint)i) * beta2;
            second = Vector.MultiplyAddEstimate(g * rest2, g, second);
            Vector<float> root = Vector.MultiplyAddEstimate(Vector.SquareRoot(second), new Vector<float>(rootScale), new Vector<float>(epsilon));
            Vector<float> kept = Vector.LoadUnsafe(ref p, (nuint)i) * keep;
            first.StoreUnsafe(ref m, (nuint)i);
            second.StoreUnsafe(ref v, (nuint)i);
            Vector.MultiplyAddEstimate(first / root, new Vector<float>(rate), kept).StoreUnsafe(ref p, (nuint)i);
        }

        for (; i < length; i++)
        {
            float g = Unsafe.Add(ref d, i) * gradientScale;
            float first = Unsafe.Add(ref m, i);
            first = float.MultiplyAddEstimate(g - first, rest1, first);
            float second = float.MultiplyAddEstimate(g * rest2, g, Unsafe.Add(ref v, i) * beta2);
            float root = float.MultiplyAddEstimate(MathF.Sqrt(second), rootScale, epsilon);
            Unsafe.Add(ref m, i) = first;
            Unsafe.Add(ref v, i) = second;
            Unsafe.Add(ref p, i) = float.MultiplyAddEstimate(first / root, rate, Unsafe.Add(ref p, i) * keep);
        }
    }

    /// <summary>x to the power n by repeated squaring: unlike Math.Pow, the same bits on every platform.</summary>
    private static double Power(double x, int n)
    {
        double power = 1;
        for (; n > 0; n >>= 1, x *= x)
        {
            if ((n & 1) != 0)
            {
                power *= x;
            }
        }

        return power;
    }
}
