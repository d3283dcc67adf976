using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Seq.Embedded.Kernels;

/// <summary>
/// Attention of one query to the time steps of a source: scores, their softmax, and the sum of the values with those weights.
/// <code>
/// score_j = v . tanh(q + k_j)           additive (Bahdanau et al. 2015)
/// score_j = q . k_j                     dot product (Luong et al. 2015)
/// a = softmax(score)
/// context = sum_j a_j value_j
/// </code>
/// </summary>
/// <remarks>
/// Sums over units are taken in 16 partial sums, unit u in sum u % 16, which are added pairwise: the same bits at every vector width. The sum over time steps runs
/// from the first to the last. Nothing is allocated; NaN and infinity spread by the usual rules of arithmetic.
/// </remarks>
public static class Attention
{
    /// <summary>Computes the weights of the time steps and the context.</summary>
    /// <param name="query">The query q (units, padded to a multiple of 16 where the score is additive).</param>
    /// <param name="units">Length of query and keys (A).</param>
    /// <param name="score">The vector v as a panel of one column: 2 * Panel.Padded(units) floats; empty for dot products.</param>
    /// <param name="keys">The keys k_j, at least one.</param>
    /// <param name="values">The values, as many.</param>
    /// <param name="width">Length of a value.</param>
    /// <param name="weights">Receives the weights a (at least as many as there are keys).</param>
    /// <param name="context">Receives the context (width).</param>
    public static void Attend(
        ReadOnlySpan<float> query, int units, ReadOnlySpan<float> score, in SourceRows keys, in SourceRows values, int width, Span<float> weights, Span<float> context)
    {
        weights = weights[..keys.Steps];
        for (int j = 0; j < weights.Length; j++)
        {
            weights[j] = score.IsEmpty ? Dot(query, keys[j], units) : AdditiveScore(query, keys[j], score);
        }

        Elementwise.Softmax(weights);
        context = context[..width];
        context.Clear();
        for (int j = 0; j < weights.Length; j++)
        {
            TensorPrimitives.MultiplyAddEstimate(values[j][..width], weights[j], context, context);
        }
    }

    /// <summary>The gradient of <see cref="Attend"/>; adds to all gradients.</summary>
    /// <param name="query">The query q.</param>
    /// <param name="units">Length of query and keys.</param>
    /// <param name="score">The vector v as a panel, or empty.</param>
    /// <param name="keys">The keys.</param>
    /// <param name="values">The values.</param>
    /// <param name="width">Length of a value.</param>
    /// <param name="weights">The weights that Attend computed; replaced by the gradients of the scores.</param>
    /// <param name="contextGradient">Gradient of the context (width).</param>
    /// <param name="queryGradient">Gradient of the query.</param>
    /// <param name="scoreGradient">Gradient of v, a panel, or empty.</param>
    /// <param name="keyGradients">Gradients of the keys.</param>
    /// <param name="valueGradients">Gradients of the values; may be the same rows as those of the keys.</param>
    public static void AttendBackward(
        ReadOnlySpan<float> query, int units, ReadOnlySpan<float> score, in SourceRows keys, in SourceRows values, int width, Span<float> weights,
        ReadOnlySpan<float> contextGradient, Span<float> queryGradient, Span<float> scoreGradient, in SourceRows keyGradients, in SourceRows valueGradients)
    {
        // da_j = dcontext . value_j, dscore_j = a_j (da_j - sum_i a_i da_i).
        weights = weights[..keys.Steps];
        contextGradient = contextGradient[..width];
        double mean = 0;
        for (int j = 0; j < weights.Length; j++)
        {
            mean += weights[j] * (double)Dot(contextGradient, values[j], width);
        }

        for (int j = 0; j < weights.Length; j++)
        {
            float weight = weights[j];
            weights[j] = (float)(weight * (Dot(contextGradient, values[j], width) - mean));
            Span<float> gradient = valueGradients[j][..width];
            TensorPrimitives.MultiplyAddEstimate(contextGradient, weight, gradient, gradient);
        }

        for (int j = 0; j < weights.Length; j++)
        {
            if (score.IsEmpty)
            {
                Span<float> gradient = keyGradients[j][..units], ofQuery = queryGradient[..units];
                TensorPrimitives.MultiplyAddEstimate(keys[j][..units], weights[j], ofQuery, ofQuery);
                TensorPrimitives.MultiplyAddEstimate(query[..units], weights[j], gradient, gradient);
            }
            else
            {
                AdditiveBackward(query, keys[j], score, weights[j], queryGradient, keyGradients[j], scoreGradient);
            }
        }
    }

    private static float AdditiveScore(ReadOnlySpan<float> query, ReadOnlySpan<float> key, ReadOnlySpan<float> score)
    {
        int lanes = Vector<float>.Count;
        Span<float> sums = stackalloc float[Panel.UnitMultiple];
        sums.Clear();
        ref float sum = ref MemoryMarshal.GetReference(sums);
        ref float q = ref MemoryMarshal.GetReference(query), k = ref MemoryMarshal.GetReference(key), v = ref MemoryMarshal.GetReference(score);
        for (int unit = 0; 2 * unit < score.Length; unit += lanes)
        {
            int at = unit % Panel.UnitMultiple;
            Vector<float> t = VectorMath.Tanh(Lanes.Load(ref q, unit) + Lanes.Load(ref k, unit));
            Lanes.Store(Lanes.MultiplyAdd(Lanes.Load(ref v, (2 * unit) + lanes), t, Lanes.Load(ref sum, at)), ref sum, at);
        }

        return AddUp(sums);
    }

    private static void AdditiveBackward(
        ReadOnlySpan<float> query, ReadOnlySpan<float> key, ReadOnlySpan<float> score, float delta, Span<float> queryGradient, Span<float> keyGradient, Span<float> scoreGradient)
    {
        int lanes = Vector<float>.Count;
        ref float q = ref MemoryMarshal.GetReference(query), k = ref MemoryMarshal.GetReference(key), v = ref MemoryMarshal.GetReference(score);
        ref float dq = ref MemoryMarshal.GetReference(queryGradient), dk = ref MemoryMarshal.GetReference(keyGradient), dv = ref MemoryMarshal.GetReference(scoreGradient);
        Vector<float> ds = new(delta);
        for (int unit = 0; 2 * unit < score.Length; unit += lanes)
        {
            int column = (2 * unit) + lanes;
            Vector<float> t = VectorMath.Tanh(Lanes.Load(ref q, unit) + Lanes.Load(ref k, unit));
            Lanes.Store(Lanes.MultiplyAdd(ds, t, Lanes.Load(ref dv, column)), ref dv, column);
            Vector<float> inner = ds * Lanes.Load(ref v, column) * (Vector<float>.One - (t * t));
            Lanes.Store(Lanes.Load(ref dq, unit) + inner, ref dq, unit);
            Lanes.Store(Lanes.Load(ref dk, unit) + inner, ref dk, unit);
        }
    }

    private static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b, int units)
    {
        int lanes = Vector<float>.Count, whole = units / Panel.UnitMultiple * Panel.UnitMultiple;
        Span<float> sums = stackalloc float[Panel.UnitMultiple];
        sums.Clear();
        ref float sum = ref MemoryMarshal.GetReference(sums), first = ref MemoryMarshal.GetReference(a), second = ref MemoryMarshal.GetReference(b);
        for (int unit = 0; unit < whole; unit += lanes)
        {
            int at = unit % Panel.UnitMultiple;
            Lanes.Store(Lanes.MultiplyAdd(Lanes.Load(ref first, unit), Lanes.Load(ref second, unit), Lanes.Load(ref sum, at)), ref sum, at);
        }

        for (int unit = whole; unit < units; unit++)
        {
            sums[unit - whole] = float.MultiplyAddEstimate(a[unit], b[unit], sums[unit - whole]);
        }

        return AddUp(sums);
    }

    /// <summary>Sixteen values added pairwise.</summary>
    private static float AddUp(Span<float> sums)
    {
        for (int half = sums.Length / 2; half > 0; half /= 2)
        {
            for (int i = 0; i < half; i++)
            {
                sums[i] += sums[i + half];
            }
        }

        return sums[0];
    }
}
