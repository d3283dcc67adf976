using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Seq.Embedded.Kernels;

public static partial class PanelProduct
{
    /// <summary>
    /// The product with one-hot vectors, as a lookup: destination[row][block][firstSlot + v] = bias_v + W_v[column tokens[row]], for all rows, blocks and vectors v.
    /// </summary>
    /// <remarks>One addition an element: the same bits at every vector width.</remarks>
    /// <param name="tokens">For each row the column, 0 to columns - 1.</param>
    /// <param name="rows">Number of rows, 0 or more.</param>
    /// <param name="panel"><see cref="Panel.Size"/> floats.</param>
    /// <param name="units">Units per gate.</param>
    /// <param name="columns">Number of tokens: length of a one-hot vector.</param>
    /// <param name="vectors">Gates in the panel.</param>
    /// <param name="destination">(rows, slots * Panel.Padded(units)).</param>
    /// <param name="slots">Vectors per block in a row of the destination.</param>
    /// <param name="firstSlot">The slot of the panel's first vector.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, rows is negative, or a token is not 0 to columns - 1.</exception>
    /// <exception cref="ArgumentException">A span is too short for the sizes, the panel is not exactly its size, or the slots are out of range.</exception>
    public static void Gather(
        ReadOnlySpan<int> tokens, int rows, ReadOnlySpan<float> panel, int units, int columns, int vectors, Span<float> destination, int slots, int firstSlot)
    {
        Shape shape = new(rows, units, columns, vectors, slots, firstSlot, panel.Length, destination.Length);
        CheckTokens(tokens, rows, columns);
        nint width = shape.ColumnStride, blockLength = (1 + columns) * width, slotLength = (nint)slots * Vector<float>.Count;
        for (int row = 0; row < rows; row++)
        {
            ref float bias = ref MemoryMarshal.GetReference(panel);
            ref float slot = ref Unsafe.Add(ref MemoryMarshal.GetReference(destination), ((nint)row * shape.RowLength) + (firstSlot * Vector<float>.Count));
            nint column = (1 + tokens[row]) * width;
            for (int block = 0; block < shape.Blocks; block++)
            {
                for (nint v = 0; v < width; v += Vector<float>.Count)
                {
                    (Vector.LoadUnsafe(ref bias, (nuint)v) + Vector.LoadUnsafe(ref bias, (nuint)(column + v))).StoreUnsafe(ref slot, (nuint)v);
                }

                bias = ref Unsafe.Add(ref bias, blockLength);
                slot = ref Unsafe.Add(ref slot, slotLength);
            }
        }
    }

    /// <summary>
    /// The gradient of <see cref="Gather"/>: weight[v, block, lane, column tokens[row]] += delta[row][block][firstSlot + v][lane], and the same for
    /// the bias where it is trained.
    /// </summary>
    /// <remarks>Rows are added in order: the same bits at every vector width.</remarks>
    /// <param name="tokens">For each row the column, 0 to columns - 1.</param>
    /// <param name="rows">Number of rows, 0 or more.</param>
    /// <param name="delta">(rows, slots * Panel.Padded(units)): gradient of the pre-activations. Lanes beyond the units go to the gradient's padding.</param>
    /// <param name="slots">Vectors per block in a row of delta.</param>
    /// <param name="firstSlot">The slot of the panel's first vector.</param>
    /// <param name="panelGradient"><see cref="Panel.Size"/> floats, in the order of the panel.</param>
    /// <param name="units">Units per gate.</param>
    /// <param name="columns">Number of tokens.</param>
    /// <param name="vectors">Gates in the panel.</param>
    /// <param name="bias">False where the panel's biases are not trained: their gradient stays as it is.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, rows is negative, or a token is not 0 to columns - 1.</exception>
    /// <exception cref="ArgumentException">A span is too short for the sizes, the gradient is not exactly the panel's size, or the slots are out of range.</exception>
    public static void AccumulateColumns(
        ReadOnlySpan<int> tokens, int rows, ReadOnlySpan<float> delta, int slots, int firstSlot, Span<float> panelGradient, int units, int columns, int vectors, bool bias = true)
    {
        Shape shape = new(rows, units, columns, vectors, slots, firstSlot, panelGradient.Length, delta.Length);
        CheckTokens(tokens, rows, columns);
        nint width = shape.ColumnStride, blockLength = (1 + columns) * width, slotLength = (nint)slots * Vector<float>.Count;
        for (int row = 0; row < rows; row++)
        {
            ref float gradient = ref MemoryMarshal.GetReference(panelGradient);
            ref float slot = ref Unsafe.Add(ref MemoryMarshal.GetReference(delta), ((nint)row * shape.RowLength) + (firstSlot * Vector<float>.Count));
            nint column = (1 + tokens[row]) * width;
            for (int block = 0; block < shape.Blocks; block++)
            {
                for (nint v = 0; v < width; v += Vector<float>.Count)
                {
                    Vector<float> d = Vector.LoadUnsafe(ref slot, (nuint)v);
                    (Vector.LoadUnsafe(ref gradient, (nuint)(column + v)) + d).StoreUnsafe(ref gradient, (nuint)(column + v));
                    if (bias)
                    {
                        (Vector.LoadUnsafe(ref gradient, (nuint)v) + d).StoreUnsafe(ref gradient, (nuint)v);
                    }
                }

                gradient = ref Unsafe.Add(ref gradient, blockLength);
                slot = ref Unsafe.Add(ref slot, slotLength);
            }
        }
    }

    private static void CheckTokens(ReadOnlySpan<int> tokens, int rows, int columns)
    {
        if (tokens.Length < rows)
        {
            throw new ArgumentException($"tokens has {tokens.Length} values; {rows} rows take {rows}.");
        }

        Shapes.CheckTokens(tokens[..rows], columns, nameof(tokens));
    }
}
