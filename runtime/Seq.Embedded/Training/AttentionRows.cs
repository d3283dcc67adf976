using Seq.Embedded.Kernels;

namespace Seq.Embedded.Training;

/// <summary>Attention of all rows of a target to the rows of their sources: <see cref="Attention"/> over packed rows.</summary>
/// <remarks>Only the time steps of its own source count for a target: there is no padding. Nothing is allocated.</remarks>
public readonly ref struct AttentionRows
{
    /// <summary>The axis of the queries.</summary>
    public required PackedRows Target { get; init; }

    /// <summary>The axis of keys and values.</summary>
    public required PackedRows Source { get; init; }

    /// <summary>Length of queries and keys.</summary>
    public required int Units { get; init; }

    /// <summary>Floats from one query or key to the next.</summary>
    public required int Stride { get; init; }

    /// <summary>Length of a value.</summary>
    public required int Width { get; init; }

    /// <summary>Floats from one value to the next.</summary>
    public required int ValueStride { get; init; }

    /// <summary>Floats from one row of the result to the next.</summary>
    public required int ResultStride { get; init; }

    /// <summary>The vector of the additive score as a panel, or empty for dot products.</summary>
    public ReadOnlySpan<float> Score { get; init; }

    /// <summary>result[row][..Width] = the context of queries[row].</summary>
    /// <param name="queries">(Target.Rows, Stride).</param>
    /// <param name="keys">(Source.Rows, Stride).</param>
    /// <param name="values">(Source.Rows, ValueStride).</param>
    /// <param name="weights">Scratch for the weights of one row: as many as the longest source has time steps.</param>
    /// <param name="result">(Target.Rows, ResultStride).</param>
    public void Forward(ReadOnlySpan<float> queries, Span<float> keys, Span<float> values, Span<float> weights, Span<float> result)
    {
        for (int position = 0; position < Target.Sequences; position++)
        {
            SourceRows sourceKeys = SourceOf(keys, Stride, position), sourceValues = SourceOf(values, ValueStride, position);
            for (int t = 0; t < Target.Length(position); t++)
            {
                int row = Target.Row(position, t);
                Attention.Attend(queries.Slice(row * Stride, Stride), Units, Score, sourceKeys, sourceValues, Width, weights, result.Slice(row * ResultStride, Width));
            }
        }
    }

    /// <summary>Adds the gradients; the weights are computed again.</summary>
    /// <param name="queries">(Target.Rows, Stride).</param>
    /// <param name="keys">(Source.Rows, Stride).</param>
    /// <param name="values">(Source.Rows, ValueStride).</param>
    /// <param name="weights">Scratch for the weights of one row.</param>
    /// <param name="context">Scratch for one context (Width).</param>
    /// <param name="gradients">Gradients of the result (Target.Rows, ResultStride).</param>
    /// <param name="queryGradients">(Target.Rows, Stride).</param>
    /// <param name="keyGradients">(Source.Rows, Stride).</param>
    /// <param name="valueGradients">(Source.Rows, ValueStride); may be the same rows as those of the keys.</param>
    /// <param name="scoreGradient">As <see cref="Score"/>.</param>
    public void Backward(
        ReadOnlySpan<float> queries, Span<float> keys, Span<float> values, Span<float> weights, Span<float> context, ReadOnlySpan<float> gradients,
        Span<float> queryGradients, Span<float> keyGradients, Span<float> valueGradients, Span<float> scoreGradient)
    {
        for (int position = 0; position < Target.Sequences; position++)
        {
            SourceRows sourceKeys = SourceOf(keys, Stride, position), sourceValues = SourceOf(values, ValueStride, position);
            SourceRows ofKeys = SourceOf(keyGradients, Stride, position), ofValues = SourceOf(valueGradients, ValueStride, position);
            for (int t = 0; t < Target.Length(position); t++)
            {
                int row = Target.Row(position, t);
                ReadOnlySpan<float> query = queries.Slice(row * Stride, Stride);
                Attention.Attend(query, Units, Score, sourceKeys, sourceValues, Width, weights, context);
                Attention.AttendBackward(
                    query, Units, Score, sourceKeys, sourceValues, Width, weights, gradients.Slice(row * ResultStride, Width),
                    queryGradients.Slice(row * Stride, Stride), scoreGradient, ofKeys, ofValues);
            }
        }
    }

    private SourceRows SourceOf(Span<float> rows, int stride, int position)
    {
        int source = Target.InputPosition(position);
        return new SourceRows(rows, stride, Source.FirstRows, source, Source.Length(source));
    }
}
