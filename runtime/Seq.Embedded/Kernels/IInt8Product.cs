using System.Numerics;

namespace Seq.Embedded.Kernels;

/// <summary>
/// The one operation of products of 8-bit weights with activations of 7 bits, in the form that some instructions give it. Kernels have it as a type parameter, so that each
/// form is compiled by itself, without a choice inside its loops. All forms give the same integers.
/// </summary>
/// <remarks>
/// Activations have 7 bits because pairs of products then fit in 16 (2 * 127 * 127), so that instructions of processors older than the dot products can be used without
/// saturation; the same choice as in FBGEMM and in the <c>reduce_range</c> of ONNX Runtime.
/// </remarks>
public interface IInt8Product
{
    /// <summary>What is added to activations of -63 to 63: 64 where the instructions take them unsigned, else 0. Sums then start at -64 times the sum of the row's weights.</summary>
    static abstract int Offset { get; }

    /// <summary>To each 32-bit lane of <paramref name="sum"/> the four products of the bytes in that lane are added, without saturation or rounding.</summary>
    /// <param name="sum">Sums so far.</param>
    /// <param name="weights">Each -127 to 127.</param>
    /// <param name="activations">Each -63 to 63, plus <see cref="Offset"/>.</param>
    static abstract Vector<int> Add(Vector<int> sum, Vector<sbyte> weights, Vector<sbyte> activations);
}
