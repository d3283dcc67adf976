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

    /// <summary>Loss and gradient of one row with weights of the classes and smoothed labels.</summary>
    /// <remarks>
    /// With p = softmax(logits), y = the label, w = <paramref name="classWeights"/> (all 1 without), e = <paramref name="labelSmoothing"/>
    /// and s = <paramref name="scale"/>:
    /// <code>
    /// q_k = (1 - e) w_y [k = y] + e / O * w_k
    /// loss = -sum_k q_k ln max(p_k, 1.17549435e-38)
    /// logitsGradient_k = s * (p_k sum_j q_j - q_k)
    /// </code>
    /// These are PyTorch's, whose mean divides the sum over the rows by <see cref="GetTotalWeight"/>: take 1 / that as the scale.
    /// For the label <see cref="Ignore"/> both are zero. Without weights and smoothing it is the loss of the other overload, bit for bit.
    /// A NaN posterior of a class whose q is not 0 makes the loss NaN; every NaN posterior makes its gradient NaN. Allocates nothing.
    /// </remarks>
    /// <param name="posteriors">p (O): the output of the softmax.</param>
    /// <param name="label">The class, 0 to O - 1, or <see cref="Ignore"/>.</param>
    /// <param name="scale">Factor of the gradient; the loss is not scaled.</param>
    /// <param name="logitsGradient">Receives the gradient (O), replacing what it held; may be the same memory as the posteriors.</param>
    /// <param name="classWeights">w (O), each 0 or more, for classes that are rare or matter more; none: all 1.</param>
    /// <param name="labelSmoothing">e, 0 to 1: the share of the label that is spread over all classes.</param>
    /// <returns>The loss in nats.</returns>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The label, a weight or the smoothing is outside its range; nothing has been written.</exception>
    public static double Compute(
        ReadOnlySpan<float> posteriors, int label, float scale, Span<float> logitsGradient, ReadOnlySpan<float> classWeights, float labelSmoothing = 0)
    {
        CheckClasses(classWeights, labelSmoothing, posteriors.Length);
        if ((classWeights.IsEmpty && labelSmoothing == 0) || unchecked((uint)label) >= (uint)posteriors.Length || logitsGradient.Length != posteriors.Length)
        {
            return Compute(posteriors, label, scale, logitsGradient);
        }

        double share = labelSmoothing / (double)posteriors.Length, own = (1.0 - labelSmoothing) * WeightOf(classWeights, label), total = own, loss = 0;
        for (int k = 0; k < posteriors.Length; k++)
        {
            total += share * WeightOf(classWeights, k);
        }

        for (int k = 0; k < posteriors.Length; k++)
        {
            double wanted = (share * WeightOf(classWeights, k)) + (k == label ? own : 0);
            float posterior = posteriors[k];
            if (wanted > 0)
            {
                loss -= wanted * LogSpace.Log(posterior);
            }

            logitsGradient[k] = (float)(scale * ((total * posterior) - wanted));
        }

        return loss;
    }

    /// <summary>The weights of the labels of all rows that count, summed: what PyTorch's mean divides by, with smoothing too. Allocates nothing.</summary>
    /// <param name="labels">A class per row, or <see cref="Ignore"/>.</param>
    /// <param name="classWeights">Weights of the classes; none: all 1, and the result is the number of rows that count.</param>
    /// <exception cref="ArgumentOutOfRangeException">A label is neither <see cref="Ignore"/> nor one of the classes that have weights.</exception>
    public static double GetTotalWeight(ReadOnlySpan<int> labels, ReadOnlySpan<float> classWeights = default)
    {
        double sum = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            if (labels[row] == Ignore)
            {
                continue;
            }

            if (labels[row] < 0 || (!classWeights.IsEmpty && labels[row] >= classWeights.Length))
            {
                string allowed = classWeights.IsEmpty ? "0 or more" : $"0 to {classWeights.Length - 1}";
                throw new ArgumentOutOfRangeException(nameof(labels), labels[row], $"The label of row {row} must be {allowed}, or {Ignore} for a row to ignore.");
            }

            sum += WeightOf(classWeights, labels[row]);
        }

        return sum;
    }

    /// <exception cref="ArgumentException">The number of weights is neither 0 nor that of classes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A weight or the smoothing is outside its range.</exception>
    internal static void CheckClasses(ReadOnlySpan<float> classWeights, float labelSmoothing, int classes)
    {
        if (!classWeights.IsEmpty)
        {
            Shapes.Check(classWeights.Length, classes, nameof(classWeights));
        }

        for (int k = 0; k < classWeights.Length; k++)
        {
            if (!(classWeights[k] >= 0 && float.IsFinite(classWeights[k])))
            {
                throw new ArgumentOutOfRangeException(nameof(classWeights), classWeights[k], $"The weight of class {k} must be 0 or more, and finite.");
            }
        }

        if (!(labelSmoothing is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(labelSmoothing), labelSmoothing, "The smoothing must be 0 to 1.");
        }
    }

    private static float WeightOf(ReadOnlySpan<float> classWeights, int index) => classWeights.IsEmpty ? 1 : classWeights[index];
}
