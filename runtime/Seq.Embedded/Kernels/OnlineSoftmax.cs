using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Seq.Embedded.Kernels;

/// <summary>
/// A mean of rows weighted by the softmax of their scores, row by row without keeping the rows (Milakov and Gimelshein 2018): sum of e^(s_t - m) h_t over
/// sum of e^(s_t - m), m being the largest score so far.
/// </summary>
/// <remarks>
/// The statistics are the largest score m and the sum of the e^(s_t - m): a sum of zero means that there was no row yet. The order of the operations is
/// the same at every vector width.
/// </remarks>
public static class OnlineSoftmax
{
    /// <summary>Number of the statistics: the largest score, and the sum.</summary>
    public const int Statistics = 2;

    /// <summary>
    /// Adds a row: with m' = max(m, s) and z' = z e^(m - m') + e^(s - m'), the mean goes on to y' = y + e^(s - m') / z' (h - y).
    /// A NaN or infinite score makes the mean NaN. Does no bounds checks; allocates nothing.
    /// </summary>
    /// <param name="score">The score of the row (s).</param>
    /// <param name="row">The row (h), (width).</param>
    /// <param name="statistics">m and z before.</param>
    /// <param name="nextStatistics">Receives m' and z'; may be the same memory.</param>
    /// <param name="mean">The mean before (y), (width).</param>
    /// <param name="nextMean">Receives y'; may be the same memory.</param>
    /// <param name="width">Values of a row.</param>
    public static void Add(
        ref float score, ref float row, ref float statistics, ref float nextStatistics, ref float mean, ref float nextMean, int width)
    {
        float largest = statistics, sum = Unsafe.Add(ref statistics, 1);
        float nextLargest = sum == 0 ? score : MathF.Max(largest, score);
        float kept = sum == 0 ? 0 : sum * Exp(largest - nextLargest), added = Exp(score - nextLargest);
        float nextSum = kept + added;
        nextStatistics = nextLargest;
        Unsafe.Add(ref nextStatistics, 1) = nextSum;

        Vector<float> share = new(added / nextSum);
        int i = 0;
        for (; i <= width - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> y = Lanes.Load(ref mean, i);
            Lanes.Store(Lanes.MultiplyAdd(share, Lanes.Load(ref row, i) - y, y), ref nextMean, i);
        }

        if (i < width)
        {
            Vector<float> y = LoadTail(ref mean, i, width), tail = Lanes.MultiplyAdd(share, LoadTail(ref row, i, width) - y, y);
            MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<Vector<float>, float>(ref tail), width - i)
                .CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref nextMean, i), width - i));
        }
    }

    /// <summary>The weight of a row in the mean: e^(score - m) / z.</summary>
    /// <param name="score">The score of the row.</param>
    /// <param name="statistics">m and z after the last row.</param>
    public static float Weight(float score, ReadOnlySpan<float> statistics) => Exp(score - statistics[0]) / statistics[1];

    private static float Exp(float x) => VectorMath.Exp(new Vector<float>(x))[0];

    private static Vector<float> LoadTail(ref float source, int first, int end)
    {
        Vector<float> tail = default;
        MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref source, first), end - first)
            .CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.As<Vector<float>, float>(ref tail), end - first));
        return tail;
    }
}
