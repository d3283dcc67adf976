using Seq.Embedded.Kernels;

namespace Seq.Embedded.Training;

/// <summary>Sums a loss over the rows of a sequence, each with a weight of its own.</summary>
internal static class WeightedRows
{
    /// <summary>Loss of one row; sets its gradient, times the scale.</summary>
    internal delegate double Loss(ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets, float scale, Span<float> gradient);

    /// <summary>Loss of all rows: the sum of weight * loss, its gradient times the scale. A row of weight 0 is not read, and its gradient is zero.</summary>
    /// <param name="loss">The loss of a row.</param>
    /// <param name="size">Values of a row (O).</param>
    /// <param name="outputs">The rows (R, O).</param>
    /// <param name="targets">Their targets (R, O).</param>
    /// <param name="weights">As <see cref="Check"/> allows.</param>
    /// <param name="scale">Factor of the gradient.</param>
    /// <param name="gradients">Receives the gradients (R, O).</param>
    internal static double Sum(
        Loss loss, int size, ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets, ReadOnlySpan<float> weights, float scale, Span<float> gradients)
    {
        double sum = 0;
        for (int row = 0, at = 0; at < outputs.Length; row++, at += size)
        {
            Span<float> gradient = gradients.Slice(at, size);
            float weight = WeightOf(weights, row);
            if (weight == 0)
            {
                gradient.Clear();
            }
            else
            {
                sum += weight * loss(outputs.Slice(at, size), targets.Slice(at, size), scale * weight, gradient);
            }
        }

        return sum;
    }

    /// <summary>Weights of the rows: none (all 1), or one a row, 0 or more and finite.</summary>
    internal static void Check(ReadOnlySpan<float> weights, int rows)
    {
        if (weights.Length == 0)
        {
            return;
        }

        Shapes.Check(weights.Length, rows, nameof(weights));
        for (int row = 0; row < rows; row++)
        {
            if (!(weights[row] >= 0 && float.IsFinite(weights[row])))
            {
                throw new ArgumentOutOfRangeException(nameof(weights), weights[row], $"The weight of row {row} must be 0 or more, and finite.");
            }
        }
    }

    internal static float WeightOf(ReadOnlySpan<float> weights, int row) => weights.Length == 0 ? 1 : weights[row];
}
