using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Seq.Embedded.Training;

/// <summary>The global L2 norm of gradients, and the scale that limits it.</summary>
public static class GradientNorm
{
    // Element i is added to sum i % 8 on every machine.
    private const int Lanes = 8;

    /// <summary>sqrt(sum of squares), summed in double precision in one fixed order.</summary>
    /// <remarks>
    /// A square of a float is exact in double and cannot overflow, so the result is finite if and only if every gradient is finite, and
    /// it has the same bits on every machine and for every vector width. Allocates nothing.
    /// </remarks>
    /// <param name="gradients">The gradients; may be empty.</param>
    /// <returns>The norm; 0 for no gradients, NaN or positive infinity when a gradient is NaN or infinite.</returns>
    public static double Compute(ReadOnlySpan<float> gradients)
    {
        // Four pairs of doubles rather than the widest vector: pairs exist on all machines, and the order stays fixed.
        Vector128<double> sum0 = Vector128<double>.Zero, sum1 = Vector128<double>.Zero;
        Vector128<double> sum2 = Vector128<double>.Zero, sum3 = Vector128<double>.Zero;
        int whole = gradients.Length & -Lanes;
        ref float g = ref MemoryMarshal.GetReference(gradients);
        for (int i = 0; i < whole; i += Lanes)
        {
            (Vector128<double> g0, Vector128<double> g1) = Vector128.Widen(Vector128.LoadUnsafe(ref g, (nuint)i));
            (Vector128<double> g2, Vector128<double> g3) = Vector128.Widen(Vector128.LoadUnsafe(ref g, (nuint)i + 4));
            sum0 += g0 * g0;
            sum1 += g1 * g1;
            sum2 += g2 * g2;
            sum3 += g3 * g3;
        }

        Vector128<double> sum = (sum0 + sum1) + (sum2 + sum3);
        double total = sum.ToScalar() + sum.GetElement(1);
        foreach (float rest in gradients[whole..])
        {
            total += (double)rest * rest;
        }

        return Math.Sqrt(total);
    }

    /// <summary>The factor that brings gradients of norm <paramref name="norm"/> down to at most <paramref name="limit"/>.</summary>
    /// <remarks>min(1, limit / (norm + 1e-6)), as PyTorch's <c>clip_grad_norm_</c>. Allocates nothing.</remarks>
    /// <param name="norm">The norm from <see cref="Compute"/>.</param>
    /// <param name="limit">The largest norm wanted; positive. Positive infinity: never clip.</param>
    /// <returns>The factor, in (0, 1].</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="norm"/> is negative or not finite (no factor would help), or
    /// <paramref name="limit"/> is not positive.</exception>
    public static float GetClipScale(double norm, double limit)
    {
        if (!(norm >= 0 && double.IsFinite(norm)))
        {
            throw new ArgumentOutOfRangeException(nameof(norm), norm, "The norm must be 0 or more, and finite.");
        }

        if (!(limit > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(limit), limit, "The limit must be positive.");
        }

        return (float)Math.Min(1, limit / (norm + 1e-6));
    }
}
