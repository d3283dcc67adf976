using System.Runtime.Intrinsics;

namespace Seq.Embedded.Audio.Kernels;

/// <summary>Weighted sums of a spectrum or of bands: sparse filters, and a dense table of cosines.</summary>
/// <remarks>Every sum is made of four partial sums, element i in sum i mod 4, and nothing is fused: the same on all machines.</remarks>
public static class FilterBank
{
    /// <summary>energies[b] = sum over k of weight[b][k] power[first[b] + k]. Allocates nothing.</summary>
    /// <param name="bins">(bands, 2): the first bin of each filter and the number of its bins.</param>
    /// <param name="weights">The weights of all filters, one filter behind the other.</param>
    /// <param name="power">The spectrum.</param>
    /// <param name="energies">At least (bands); the rest stays as it is.</param>
    /// <exception cref="ArgumentException">A span is too short.</exception>
    public static void Apply(ReadOnlySpan<int> bins, ReadOnlySpan<float> weights, ReadOnlySpan<float> power, Span<float> energies)
    {
        for (int band = 0; band < bins.Length / 2; band++)
        {
            int first = bins[2 * band], count = bins[(2 * band) + 1];
            energies[band] = Dot(weights[..count], power.Slice(first, count));
            weights = weights[count..];
        }
    }

    /// <summary>results[i] = sum over j of table[i][j] values[j]: a cosine transform. Allocates nothing.</summary>
    /// <param name="table">(I, J).</param>
    /// <param name="values">(J).</param>
    /// <param name="results">(I).</param>
    /// <exception cref="ArgumentException">The table has other lengths.</exception>
    public static void Transform(ReadOnlySpan<float> table, ReadOnlySpan<float> values, Span<float> results)
    {
        if (table.Length != (long)values.Length * results.Length)
        {
            throw new ArgumentException($"The table has {table.Length} values; allowed: {results.Length} x {values.Length}.", nameof(table));
        }

        for (int i = 0; i < results.Length; i++)
        {
            results[i] = Dot(table.Slice(i * values.Length, values.Length), values);
        }
    }

    /// <summary>sum over k of w[k] p[k], as long as w.</summary>
    internal static float Dot(ReadOnlySpan<float> w, ReadOnlySpan<float> p)
    {
        p = p[..w.Length];
        Vector128<float> sums = Vector128<float>.Zero;
        for (; w.Length >= Vector128<float>.Count; w = w[Vector128<float>.Count..], p = p[Vector128<float>.Count..])
        {
            sums += Vector128.Create(w) * Vector128.Create(p);
        }

        float sum = sums[0];
        for (int k = 0; k < w.Length; k++)
        {
            sum += w[k] * p[k];
        }

        return (sum + sums[1]) + (sums[2] + sums[3]);
    }
}
