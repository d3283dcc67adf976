using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Seq.Embedded.Kernels;

public static partial class PanelProduct
{
    /// <summary>
    /// Adds to a panel's gradient: weight[v, block, lane, column k] += sum over rows of x[row][k] * delta[row][block][firstSlot + v][lane],
    /// and bias[v, block, lane] += sum over rows of delta[row][block][firstSlot + v][lane].
    /// </summary>
    /// <remarks>Rows are added in order, each with one fused multiply-add, to the value that the gradient holds: the same bits at every vector width.</remarks>
    /// <param name="x">(rows, columns), rows <paramref name="xStride"/> apart.</param>
    /// <param name="rows">Number of rows, 0 or more.</param>
    /// <param name="xStride">Floats from one row of x to the next, at least <paramref name="columns"/>.</param>
    /// <param name="delta">(rows, slots * Panel.Padded(units)): gradient of the pre-activations. Lanes beyond the units go to the gradient's padding.</param>
    /// <param name="slots">Vectors per block in a row of delta.</param>
    /// <param name="firstSlot">The slot of the panel's first vector.</param>
    /// <param name="panelGradient"><see cref="Panel.Size"/> floats, in the order of the panel.</param>
    /// <param name="units">Units per gate.</param>
    /// <param name="columns">Length of a row of x.</param>
    /// <param name="vectors">Gates in the panel.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or rows is negative.</exception>
    /// <exception cref="ArgumentException">A span is too short for the sizes, the gradient is not exactly the panel's size, or the slots are out of range.</exception>
    public static void AccumulateOuter(
        ReadOnlySpan<float> x, int rows, int xStride, ReadOnlySpan<float> delta, int slots, int firstSlot,
        Span<float> panelGradient, int units, int columns, int vectors)
    {
        Shape shape = new(rows, units, columns, vectors, slots, firstSlot, panelGradient.Length, delta.Length);
        CheckOperand(nameof(x), x.Length, rows, xStride, columns);
        ref float d = ref MemoryMarshal.GetReference(delta);
        ref float g = ref MemoryMarshal.GetReference(panelGradient);
        for (int i = 0; i < shape.Total; i++)
        {
            for (int row = 0; row < rows; row++)
            {
                Vector<float> dv = Vector.LoadUnsafe(ref d, (nuint)(row * (nint)shape.RowLength + shape.SlotAt(i)));
                ref float gv = ref Unsafe.Add(ref g, shape.BiasAt(i));
                (Vector.LoadUnsafe(ref gv) + dv).StoreUnsafe(ref gv);
                for (int k = 0; k < columns; k++)
                {
                    gv = ref Unsafe.Add(ref gv, shape.ColumnStride);
                    Vector.MultiplyAddEstimate(new Vector<float>(x[row * xStride + k]), dv, Vector.LoadUnsafe(ref gv)).StoreUnsafe(ref gv);
                }
            }
        }
    }
}
