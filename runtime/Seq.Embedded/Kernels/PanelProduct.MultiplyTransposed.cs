using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Seq.Embedded.Kernels;

public static partial class PanelProduct
{
    /// <summary>dx[row][k] += sum over blocks, vectors v and lanes of delta[row][block][firstSlot + v][lane] * W[v, block, lane, column k].</summary>
    /// <remarks>The sum over lanes comes last, so the rounding depends on the vector width, but not on the number of rows.</remarks>
    /// <param name="delta">(rows, slots * Panel.Padded(units)): gradient of the pre-activations. Lanes beyond the units must be finite.</param>
    /// <param name="rows">Number of rows, 0 or more.</param>
    /// <param name="slots">Vectors per block in a row of delta.</param>
    /// <param name="firstSlot">The slot of the panel's first vector.</param>
    /// <param name="panel"><see cref="Panel.Size"/> floats; its biases are not read.</param>
    /// <param name="units">Units per gate.</param>
    /// <param name="columns">Length of a row of dx.</param>
    /// <param name="vectors">Gates in the panel.</param>
    /// <param name="dx">(rows, columns), rows <paramref name="dxStride"/> apart.</param>
    /// <param name="dxStride">Floats from one row of dx to the next, at least <paramref name="columns"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or rows is negative.</exception>
    /// <exception cref="ArgumentException">A span is too short for the sizes, the panel is not exactly its size, or the slots are out of range.</exception>
    public static void MultiplyTransposed(
        ReadOnlySpan<float> delta, int rows, int slots, int firstSlot, ReadOnlySpan<float> panel, int units, int columns, int vectors,
        Span<float> dx, int dxStride)
    {
        Shape shape = new(rows, units, columns, vectors, slots, firstSlot, panel.Length, delta.Length);
        CheckOperand(nameof(dx), dx.Length, rows, dxStride, columns);
        ref float d = ref MemoryMarshal.GetReference(delta);
        ref float w = ref MemoryMarshal.GetReference(panel);
        for (int row = 0; row < rows; row++)
        {
            for (int k = 0; k < columns; k++)
            {
                Vector<float> sum = Vector<float>.Zero;
                for (int i = 0; i < shape.Total; i++)
                {
                    sum = Vector.MultiplyAddEstimate(
                        Vector.LoadUnsafe(ref d, (nuint)(row * (nint)shape.RowLength + shape.SlotAt(i))),
                        Vector.LoadUnsafe(ref w, (nuint)(shape.BiasAt(i) + (1 + k) * shape.ColumnStride)), sum);
                }

                dx[row * dxStride + k] += Vector.Sum(sum);
            }
        }
    }
}
