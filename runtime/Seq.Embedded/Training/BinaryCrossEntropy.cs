using System.Numerics.Tensors;
using Seq.Embedded.Kernels;

namespace Seq.Embedded.Training;

/// <summary>Binary cross-entropy of a sigmoid output, each value a yes or no of its own (multi-label), and its gradient with respect to the logits.</summary>
public static class BinaryCrossEntropy
{
    // Half the distance from 1 to the float below: a probability that rounds to 1 is wrong by 17.3 nats, the least it can be.
    private const float SmallestComplement = 1f / (1 << 25);

    /// <summary>Loss and gradient of one row.</summary>
    /// <remarks>
    /// With p = sigmoid(logits), y = <paramref name="targets"/> and s = <paramref name="scale"/>:
    /// <code>
    /// loss = -sum_k (y_k ln max(p_k, 1.17549435e-38) + (1 - y_k) ln max(1 - p_k, 2^-25))
    /// logitsGradient_k = s * (p_k - y_k)
    /// </code>
    /// The sum over the row is not divided by its length: a scale of 1 / (rows * O) gives the mean that PyTorch computes. The gradient is
    /// exact where p is 0 or 1 too. Near 1, 1 - p is known to 6e-8 only, and the loss of a target below 1 to 6e-8 / (1 - p).
    /// A NaN probability makes the loss and its gradient NaN. Allocates nothing.
    /// </remarks>
    /// <param name="probabilities">p (O): the output of the sigmoid.</param>
    /// <param name="targets">y (O), each from 0 to 1.</param>
    /// <param name="scale">Factor of the gradient; the loss is not scaled.</param>
    /// <param name="logitsGradient">Receives the gradient (O), replacing what it held; may be the same memory as the probabilities.</param>
    /// <returns>The loss in nats.</returns>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A target is not from 0 to 1; nothing has been written.</exception>
    public static double Compute(ReadOnlySpan<float> probabilities, ReadOnlySpan<float> targets, float scale, Span<float> logitsGradient)
    {
        Shapes.Check(targets.Length, probabilities.Length, nameof(targets));
        Shapes.Check(logitsGradient.Length, probabilities.Length, nameof(logitsGradient));
        CheckTargets(targets);
        double loss = 0;
        for (int k = 0; k < targets.Length; k++)
        {
            float p = probabilities[k], y = targets[k];

            loss -= (y * LogSpace.Log(p)) + ((1.0 - y) * Math.Log(Math.Max(1 - p, SmallestComplement)));
            logitsGradient[k] = scale * (p - y);
        }

        return loss;
    }

    /// <exception cref="ArgumentOutOfRangeException">A target is not from 0 to 1.</exception>
    internal static void CheckTargets(ReadOnlySpan<float> targets)
    {
        for (int k = 0; k < targets.Length; k++)
        {
            if (!(targets[k] >= 0 && targets[k] <= 1))
            {
                throw new ArgumentOutOfRangeException(nameof(targets), targets[k], $"The target of value {k} must be 0 to 1.");
            }
        }
    }

    /// <summary>Prepares a row for a backward pass that multiplies by the slope y (1 - y) of the sigmoid, so that it arrives at the gradient of the logits.</summary>
    /// <remarks>
    /// Dividing by the slope would fail where y has rounded to 1 and the slope to 0, just where a wrong output must be corrected.
    /// At y = 1/2 the slope is 1/4: with that activation and four times the gradient the product is the gradient, to the last bit.
    /// </remarks>
    /// <param name="gradient">In: gradient of the logits (O). Out: four times that.</param>
    /// <param name="activations">The outputs (O) that the backward pass reads; becomes 1/2.</param>
    internal static void PassSigmoid(Span<float> gradient, Span<float> activations)
    {
        TensorPrimitives.Multiply(gradient, 4, gradient);
        activations.Fill(0.5f);
    }
}
