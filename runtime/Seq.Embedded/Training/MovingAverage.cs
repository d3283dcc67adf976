using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Seq.Embedded.Training;

/// <summary>The exponential moving average of weights: in evaluation it often does better than the last weights, as it evens out the noise of single steps.</summary>
/// <remarks>
/// Source: Polyak and Juditsky, "Acceleration of Stochastic Approximation by Averaging" (1992), with weights that fall off
/// exponentially, as PyTorch's <c>get_ema_multi_avg_fn</c> has them.
/// </remarks>
public static class MovingAverage
{
    /// <summary>average = average + (1 - decay) * (value - average) for each element.</summary>
    /// <remarks>The result of an element does not depend on its place or on the width of a vector. Allocates nothing.</remarks>
    /// <param name="average">The average, updated in place.</param>
    /// <param name="values">The new values, same length.</param>
    /// <param name="decay">Share of the average that stays, in [0, 1): 1 / (1 - decay) is about the number of steps that it spans.</param>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The decay is outside its range.</exception>
    public static void Update(Span<float> average, ReadOnlySpan<float> values, double decay)
    {
        if (values.Length != average.Length)
        {
            throw new ArgumentException($"Lengths differ: {average.Length} averages, {values.Length} values.", nameof(values));
        }

        if (!(decay is >= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(decay), decay, "The decay must be from 0 to below 1.");
        }

        float rest = (float)(1 - decay);
        ref float a = ref MemoryMarshal.GetReference(average);
        ref float v = ref MemoryMarshal.GetReference(values);
        int i = 0;
        for (; i <= average.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> old = Vector.LoadUnsafe(ref a, (nuint)i);
            Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref v, (nuint)i) - old, new Vector<float>(rest), old).StoreUnsafe(ref a, (nuint)i);
        }

        for (; i < average.Length; i++)
        {
            float old = Unsafe.Add(ref a, i);
            Unsafe.Add(ref a, i) = float.MultiplyAddEstimate(Unsafe.Add(ref v, i) - old, rest, old);
        }
    }
}
