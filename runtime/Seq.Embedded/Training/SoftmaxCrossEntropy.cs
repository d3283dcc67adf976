using Seq.Embedded.Kernels;

namespace Seq.Embedded.Training;

/// <summary>Cross-entropy of a softmax output, and its gradient with respect to the logits.</summary>
public static class SoftmaxCrossEntropy
{
    /// <summary>The label of a row that does not count.</summary>
    public const int Ignore = -1;

    /// <summary>Loss and gradient of one row.</summary>
    /// <remarks>
    /// With p = softmax(logits), y = the one-hot vector of the label and s = <paramref name="scale"/>:
    /// <code>
    /// loss = -ln max(p[label], 1.17549435e-38)
    /// logitsGradient = s * (p - y)
    /// </code>
    /// For the label <see cref="Ignore"/> both are zero. A NaN posterior of the label makes the loss NaN; every NaN posterior makes its
    /// gradient NaN. Allocates nothing.
    /// </remarks>
    /// <param name="posteriors">p (O): the output of the softmax.</param>
    /// <param name="label">The class, 0 to O - 1, or <see cref="Ignore"/>.</param>
    /// <param name="scale">Factor of the gradient, for example 1 / (number of rows that count); the loss is not scaled.</param>
    /// <param name="logitsGradient">Receives the gradient (O), replacing what it held; may be the same memory as the posteriors.</param>
    /// <returns>The loss in nats.</returns>
    /// <exception cref="ArgumentException">The two spans differ in length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The label is outside its range.</exception>
    public static double Compute(ReadOnlySpan<float> posteriors, int label, float scale, Span<float> logitsGradient)
    {
        if (logitsGradient.Length != posteriors.Length)
        {
            throw new ArgumentException(
                $"{posteriors.Length} posteriors need a gradient of the same length; it has {logitsGradient.Length}.", nameof(logitsGradient));
        }

        if (label == Ignore)
        {
            logitsGradient.Clear();
            return 0;
        }

        if (unchecked((uint)label) >= (uint)posteriors.Length)
        {
            throw new ArgumentOutOfRangeException(
                nameof(label), label, $"The label must be 0 to {posteriors.Length - 1}, or {Ignore} for a row to ignore.");
        }

        float posterior = posteriors[label];
        for (int k = 0; k < posteriors.Length; k++)
        {
            logitsGradient[k] = scale * posteriors[k];
        }

        logitsGradient[label] = scale * (posterior - 1);
        return -LogSpace.Log(posterior);
    }
}
