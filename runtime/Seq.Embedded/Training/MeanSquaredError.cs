using Seq.Embedded.Kernels;

namespace Seq.Embedded.Training;

/// <summary>Mean squared error of an output vector, and its gradient.</summary>
public static class MeanSquaredError
{
    /// <summary>Loss and gradient of one row.</summary>
    /// <remarks>
    /// With y = <paramref name="outputs"/>, t = <paramref name="targets"/>, s = <paramref name="scale"/> and rows of O values:
    /// <code>
    /// loss = sum_k (y_k - t_k)^2 / O
    /// gradient_k = s * 2 (y_k - t_k) / O
    /// </code>
    /// A scale of 1 / rows gives the mean that PyTorch computes. NaN makes the loss and its gradient NaN; an empty row costs 0.
    /// Allocates nothing.
    /// </remarks>
    /// <param name="outputs">y (O).</param>
    /// <param name="targets">t (O).</param>
    /// <param name="scale">Factor of the gradient, for example 1 / (number of rows that count); the loss is not scaled.</param>
    /// <param name="gradient">Receives the gradient with respect to the outputs (O), replacing what it held; may be the same memory as the outputs.</param>
    /// <returns>The loss.</returns>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public static double Compute(ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets, float scale, Span<float> gradient)
    {
        Shapes.Check(targets.Length, outputs.Length, nameof(targets));
        Shapes.Check(gradient.Length, outputs.Length, nameof(gradient));
        double loss = 0, slope = 2.0 * scale / outputs.Length;
        for (int k = 0; k < targets.Length; k++)
        {
            double difference = (double)outputs[k] - targets[k];
            loss += difference * difference;
            gradient[k] = (float)(slope * difference);
        }

        return targets.Length == 0 ? 0 : loss / targets.Length;
    }
}
