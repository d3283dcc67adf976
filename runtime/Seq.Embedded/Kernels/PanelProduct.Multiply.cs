using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Seq.Embedded.Kernels;

public static partial class PanelProduct
{
    /// <summary>Rows whose operands stay in the first-level cache while all vectors pass over them.</summary>
    private const int MultiplyRows = 48;

    /// <summary>
    /// destination[row][block][firstSlot + v] = (v &lt; accumulated ? old value : 0) + bias_v + W_v x[row], for all rows, blocks and vectors v.
    /// </summary>
    /// <remarks>
    /// The order of each sum is fixed, whatever the number of rows and the vector width: there are S = 4 partial sums when vectors &lt;= 2, else 2;
    /// column k is added to sum k % S with one fused multiply-add; sum 0 starts at the old value, or 0, sum 1 at the bias, the others at 0.
    /// The result is s0 + s1, or (s0 + s1) + (s2 + s3).
    /// </remarks>
    /// <param name="x">(rows, columns), rows <paramref name="xStride"/> apart.</param>
    /// <param name="rows">Number of rows, 0 or more.</param>
    /// <param name="xStride">Floats from one row of x to the next, at least <paramref name="columns"/>.</param>
    /// <param name="panel"><see cref="Panel.Size"/> floats.</param>
    /// <param name="units">Units per gate.</param>
    /// <param name="columns">Length of a row of x.</param>
    /// <param name="vectors">Gates in the panel.</param>
    /// <param name="destination">(rows, slots * Panel.Padded(units)).</param>
    /// <param name="slots">Vectors per block in a row of the destination.</param>
    /// <param name="firstSlot">The slot of the panel's first vector.</param>
    /// <param name="accumulated">How many of the panel's first vectors are added to what their slot holds.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or rows is negative.</exception>
    /// <exception cref="ArgumentException">A span is too short for the sizes, the panel is not exactly its size, or slots or accumulated are out of range.</exception>
    public static void Multiply(
        ReadOnlySpan<float> x, int rows, int xStride, ReadOnlySpan<float> panel, int units, int columns, int vectors,
        Span<float> destination, int slots, int firstSlot, int accumulated)
    {
        Shape shape = new(rows, units, columns, vectors, slots, firstSlot, panel.Length, destination.Length);
        CheckOperand(nameof(x), x.Length, rows, xStride, columns);
        if ((uint)accumulated > (uint)vectors)
        {
            throw new ArgumentException($"{accumulated} vectors are to be accumulated; allowed are 0 to {vectors}.");
        }

        for (int row = 0; row < rows; row += MultiplyRows)
        {
            int count = Math.Min(MultiplyRows, rows - row);
            ref float xRow = ref Unsafe.Add(ref MemoryMarshal.GetReference(x), (nint)row * xStride);
            ref float slotRow = ref Unsafe.Add(ref MemoryMarshal.GetReference(destination), (nint)row * shape.RowLength);
            for (int i = 0; i < shape.Total; i += TileVectors)
            {
                MultiplyTile(ref xRow, count, xStride, ref MemoryMarshal.GetReference(panel), shape, i, ref slotRow, accumulated);
            }
        }
    }

    private static void MultiplyTile(
        ref float x, int rows, int xStride, ref float panel, in Shape shape, int first, ref float destination, int accumulated)
    {
        for (int i = first; i < Math.Min(first + TileVectors, shape.Total); i++)
        {
            int v = i % shape.Vectors;
            int sets = shape.Vectors <= 2 ? 4 : 2;
            for (int row = 0; row < rows; row++)
            {
                ref float d = ref Unsafe.Add(ref destination, (nint)row * shape.RowLength + shape.SlotAt(i));
                ref float w = ref Unsafe.Add(ref panel, shape.BiasAt(i));
                Vector<float> s0 = v < accumulated ? Vector.LoadUnsafe(ref d) : Vector<float>.Zero;
                Vector<float> s1 = Vector.LoadUnsafe(ref w), s2 = Vector<float>.Zero, s3 = Vector<float>.Zero;
                for (int k = 0; k < shape.Columns; k++)
                {
                    w = ref Unsafe.Add(ref w, shape.ColumnStride);
                    Vector<float> xk = new(Unsafe.Add(ref x, (nint)row * xStride + k));
                    Vector<float> wk = Vector.LoadUnsafe(ref w);
                    switch (k % sets)
                    {
                        case 0: s0 = Vector.MultiplyAddEstimate(xk, wk, s0); break;
                        case 1: s1 = Vector.MultiplyAddEstimate(xk, wk, s1); break;
                        case 2: s2 = Vector.MultiplyAddEstimate(xk, wk, s2); break;
                        default: s3 = Vector.MultiplyAddEstimate(xk, wk, s3); break;
                    }
                }

                Vector<float> sum = s0 + s1;
                (sets == 4 ? sum + (s2 + s3) : sum).StoreUnsafe(ref d);
            }
        }
    }
}
