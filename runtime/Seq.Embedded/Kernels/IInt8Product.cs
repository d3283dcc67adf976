using System.Numerics;

namespace Seq.Embedded.Kernels;

/// <summary>
/// The one operation of products of 8-bit integers, in the form that some instructions give it. Kernels have it as a type parameter, so that each form is compiled
/// by itself, without a choice inside its loops. All forms give the same integers.
/// </summary>
public interface IInt8Product
{
    /// <summary>What the bits of an activation are flipped with: 0x80 where the instructions take it unsigned, with 128 added; then sums start at -128 times the sum of the row's weights.</summary>
    static abstract byte Flip { get; }

    /// <summary>To each 32-bit lane of <paramref name="sum"/> the four products of the bytes in that lane are added, without saturation or rounding.</summary>
    /// <param name="sum">Sums so far.</param>
    /// <param name="weights">Each -127 to 127.</param>
    /// <param name="activations">Each -127 to 127, the bits flipped with <see cref="Flip"/>.</param>
    static abstract Vector<int> Add(Vector<int> sum, Vector<sbyte> weights, Vector<sbyte> activations);
}
