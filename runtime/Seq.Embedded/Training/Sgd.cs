using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Seq.Embedded.Training;

/// <summary>Stochastic gradient descent: plain, with momentum, or with Nesterov's.</summary>
/// <remarks>
/// Source: Sutskever, Martens, Dahl and Hinton, "On the importance of initialization and momentum in deep learning" (2013), in the form of
/// PyTorch's <c>torch.optim.SGD</c> (the learning rate scales the momentum as a whole, and the first step takes the gradient undamped).
/// </remarks>
public static class Sgd
{
    /// <summary>Updates parameters and momentum by one step.</summary>
    /// <remarks>
    /// For each element, with a = <paramref name="learningRate"/>, s = <paramref name="gradientScale"/> and mu = Momentum:
    /// <code>
    /// g = s * gradient + decay * p
    /// m = g                                  at the first step
    /// m = mu * m + (1 - dampening) * g       later
    /// p = p - a * g                          without momentum
    /// p = p - a * m                          with it
    /// p = p - a * (g + mu * m)               with Nesterov's
    /// </code>
    /// Element-wise, so the layout of the arena does not matter, and where p, gradient and m are zero (the padding of panels) p stays
    /// zero. The result of an element does not depend on its place or on the width of a vector. A NaN or infinite gradient makes the
    /// parameter and momentum of its element NaN or infinite for good: check <see cref="GradientNorm.Compute"/> first.
    /// Allocates nothing.
    /// </remarks>
    /// <param name="parameters">p, updated in place.</param>
    /// <param name="gradients">The gradients, same length.</param>
    /// <param name="momentum">m, same length; what it holds before the first step does not matter. Empty where Momentum is 0.</param>
    /// <param name="settings">Momentum, dampening and weight decay.</param>
    /// <param name="step">Number of this step, from 1.</param>
    /// <param name="learningRate">a; finite, not negative.</param>
    /// <param name="gradientScale">s, for example from <see cref="GradientNorm.GetClipScale"/>; 1 changes nothing.</param>
    /// <exception cref="ArgumentException">The spans differ in length, or Nesterov's momentum has no momentum or a dampening.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range, <paramref name="step"/> is below 1, or
    /// <paramref name="learningRate"/> is negative or not finite.</exception>
    public static void Update(
        Span<float> parameters, ReadOnlySpan<float> gradients, Span<float> momentum,
        SgdSettings settings, int step, float learningRate, float gradientScale)
    {
        ArgumentNullException.ThrowIfNull(settings);
        int length = parameters.Length;
        if (gradients.Length != length || momentum.Length != length * settings.Moments)
        {
            throw new ArgumentException(
                $"Lengths differ: {length} parameters, {gradients.Length} gradients, a momentum of {momentum.Length} (allowed: {length * settings.Moments}).");
        }

        settings.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        OptimizerSettings.CheckLearningRate(learningRate);

        float added = (float)settings.WeightDecay;
        if (settings.Moments == 0)
        {
            Descend(parameters, gradients, added, learningRate, gradientScale);
            return;
        }

        bool nesterov = settings.Nesterov;
        float share = (float)settings.Momentum;
        float keep = step == 1 ? 0 : share;
        float take = step == 1 ? 1 : (float)(1 - settings.Dampening);
        if (step == 1)
        {
            momentum.Clear(); // zero times what is no number is none
        }

        ref float p = ref MemoryMarshal.GetReference(parameters);
        ref float d = ref MemoryMarshal.GetReference(gradients);
        ref float m = ref MemoryMarshal.GetReference(momentum);
        int i = 0;
        for (; i <= length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> parameter = Vector.LoadUnsafe(ref p, (nuint)i);
            Vector<float> g = Vector.MultiplyAddEstimate(parameter, new Vector<float>(added), Vector.LoadUnsafe(ref d, (nuint)i) * gradientScale);
            Vector<float> moment = Vector.MultiplyAddEstimate(g, new Vector<float>(take), Vector.LoadUnsafe(ref m, (nuint)i) * keep);
            Vector<float> direction = nesterov ? Vector.MultiplyAddEstimate(moment, new Vector<float>(share), g) : moment;
            moment.StoreUnsafe(ref m, (nuint)i);
            Vector.MultiplyAddEstimate(direction, new Vector<float>(-learningRate), parameter).StoreUnsafe(ref p, (nuint)i);
        }

        for (; i < length; i++)
        {
            float parameter = Unsafe.Add(ref p, i);
            float g = float.MultiplyAddEstimate(parameter, added, Unsafe.Add(ref d, i) * gradientScale);
            float moment = float.MultiplyAddEstimate(g, take, Unsafe.Add(ref m, i) * keep);
            float direction = nesterov ? float.MultiplyAddEstimate(moment, share, g) : moment;
            Unsafe.Add(ref m, i) = moment;
            Unsafe.Add(ref p, i) = float.MultiplyAddEstimate(direction, -learningRate, parameter);
        }
    }

    /// <summary>p = p - a * (s * gradient + decay * p).</summary>
    private static void Descend(Span<float> parameters, ReadOnlySpan<float> gradients, float added, float learningRate, float gradientScale)
    {
        ref float p = ref MemoryMarshal.GetReference(parameters);
        ref float d = ref MemoryMarshal.GetReference(gradients);
        int i = 0;
        for (; i <= parameters.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> parameter = Vector.LoadUnsafe(ref p, (nuint)i);
            Vector<float> g = Vector.MultiplyAddEstimate(parameter, new Vector<float>(added), Vector.LoadUnsafe(ref d, (nuint)i) * gradientScale);
            Vector.MultiplyAddEstimate(g, new Vector<float>(-learningRate), parameter).StoreUnsafe(ref p, (nuint)i);
        }

        for (; i < parameters.Length; i++)
        {
            float parameter = Unsafe.Add(ref p, i);
            float g = float.MultiplyAddEstimate(parameter, added, Unsafe.Add(ref d, i) * gradientScale);
            Unsafe.Add(ref p, i) = float.MultiplyAddEstimate(g, -learningRate, parameter);
        }
    }
}
