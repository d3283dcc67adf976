using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Seq.Embedded.Kernels;

/// <summary>
/// What is done with whole rows between layers: two rows become one, rows are reversed in time, gradients flow back. Rows lie a stride apart, and values
/// between the width and the stride stay as they are. Each value has the same bits however many rows a call has. NaN stays in its value. Nothing is allocated.
/// </summary>
public static class RowMath
{
    /// <summary>result = left + right, for one row of <paramref name="width"/> values.</summary>
    public static void Add(ref float left, ref float right, ref float result, int width) =>
        TensorPrimitives.Add(MemoryMarshal.CreateReadOnlySpan(ref left, width), MemoryMarshal.CreateReadOnlySpan(ref right, width), MemoryMarshal.CreateSpan(ref result, width));

    /// <summary>result = (left + right) / 2, for one row of <paramref name="width"/> values.</summary>
    public static void Average(ref float left, ref float right, ref float result, int width)
    {
        Span<float> results = MemoryMarshal.CreateSpan(ref result, width);
        Add(ref left, ref right, ref result, width);
        TensorPrimitives.Multiply(results, 0.5f, results);
    }

    /// <summary>result = [left; right], for one row: <paramref name="leftWidth"/> values and <paramref name="rightWidth"/> values.</summary>
    public static void Concatenate(ref float left, int leftWidth, ref float right, int rightWidth, ref float result)
    {
        Span<float> results = MemoryMarshal.CreateSpan(ref result, leftWidth + rightWidth);
        MemoryMarshal.CreateReadOnlySpan(ref left, leftWidth).CopyTo(results);
        MemoryMarshal.CreateReadOnlySpan(ref right, rightWidth).CopyTo(results[leftWidth..]);
    }

    /// <summary>result = left + right, for <paramref name="count"/> rows.</summary>
    public static void Add(ReadOnlySpan<float> left, int leftStride, ReadOnlySpan<float> right, int rightStride, int count, int width, Span<float> result, int stride)
    {
        for (int row = 0; row < count; row++)
        {
            TensorPrimitives.Add(left.Slice(row * leftStride, width), right.Slice(row * rightStride, width), result.Slice(row * stride, width));
        }
    }

    /// <summary>result = (left + right) / 2, for <paramref name="count"/> rows.</summary>
    public static void Average(ReadOnlySpan<float> left, int leftStride, ReadOnlySpan<float> right, int rightStride, int count, int width, Span<float> result, int stride)
    {
        for (int row = 0; row < count; row++)
        {
            Span<float> results = result.Slice(row * stride, width);
            TensorPrimitives.Add(left.Slice(row * leftStride, width), right.Slice(row * rightStride, width), results);
            TensorPrimitives.Multiply(results, 0.5f, results);
        }
    }

    /// <summary>result = [left; right], for <paramref name="count"/> rows.</summary>
    public static void Concatenate(
        ReadOnlySpan<float> left, int leftStride, int leftWidth, ReadOnlySpan<float> right, int rightStride, int rightWidth, int count, Span<float> result, int stride)
    {
        for (int row = 0; row < count; row++)
        {
            left.Slice(row * leftStride, leftWidth).CopyTo(result[(row * stride)..]);
            right.Slice(row * rightStride, rightWidth).CopyTo(result[((row * stride) + leftWidth)..]);
        }
    }

    /// <summary>The rows of one sequence in the reverse order of time: row t of the result is row count - 1 - t of the source.</summary>
    public static void Reverse(ReadOnlySpan<float> source, int sourceStride, int count, int width, Span<float> result, int stride)
    {
        for (int row = 0; row < count; row++)
        {
            source.Slice((count - 1 - row) * sourceStride, width).CopyTo(result.Slice(row * stride, width));
        }
    }

    /// <summary>
    /// The way back through a sum, an average or a concatenation: adds <paramref name="factor"/> times the values from <paramref name="first"/> on of each row of a
    /// gradient to the rows of another.
    /// </summary>
    public static void AddGradient(ReadOnlySpan<float> gradient, int stride, int first, float factor, int count, int width, Span<float> target, int targetStride)
    {
        for (int row = 0; row < count; row++)
        {
            Span<float> targets = target.Slice(row * targetStride, width);
            TensorPrimitives.MultiplyAdd(gradient.Slice((row * stride) + first, width), factor, targets, targets);
        }
    }
}
