using System.Numerics.Tensors;

namespace Seq.Embedded.Training;

/// <summary>Clips gradients value by value; <see cref="GradientNorm"/> clips them as a whole.</summary>
public static class GradientClip
{
    /// <summary>g = min(max(g, -limit), limit) for each gradient, as PyTorch's <c>clip_grad_value_</c>.</summary>
    /// <remarks>NaN stays NaN, but an infinite gradient becomes the limit: check <see cref="GradientNorm.Compute"/> first. Allocates nothing.</remarks>
    /// <param name="gradients">The gradients, changed in place.</param>
    /// <param name="limit">The largest magnitude wanted; positive. Positive infinity changes nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is not positive.</exception>
    public static void ByValue(Span<float> gradients, float limit)
    {
        if (!(limit > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(limit), limit, "The limit must be positive.");
        }

        TensorPrimitives.Max(gradients, -limit, gradients);
        TensorPrimitives.Min(gradients, limit, gradients);
    }
}
