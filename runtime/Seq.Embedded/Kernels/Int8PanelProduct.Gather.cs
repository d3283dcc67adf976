using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Seq.Embedded.Kernels;

public static partial class Int8PanelProduct
{
    /// <summary>
    /// The product with one-hot vectors, as a lookup: destination[row][block][firstSlot + v] = bias_v + W_v[column tokens[row]], for all rows, blocks and vectors v.
    /// Allocates nothing.
    /// </summary>
    /// <param name="tokens">For each row the column, 0 to columns - 1.</param>
    /// <param name="rows">Number of rows, 0 or more.</param>
    /// <param name="panel"><see cref="Int8Panel.Size"/> floats.</param>
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
        int rowLength = CheckSizes(rows, panel.Length, units, columns, vectors, destination.Length, slots, firstSlot);
        if (tokens.Length < rows)
        {
            throw new ArgumentException($"tokens has {tokens.Length} values; {rows} rows take {rows}.");
        }

        Shapes.CheckTokens(tokens[..rows], columns, nameof(tokens));
        for (int row = 0; row < rows; row++)
        {
            ref float slotRow = ref Unsafe.Add(ref MemoryMarshal.GetReference(destination), (nint)row * rowLength);
            GatherRow(tokens[row], ref MemoryMarshal.GetReference(panel), units, columns, vectors, ref slotRow, slots, firstSlot);
        }
    }

    /// <summary>The same for one row, without checks: for generated code, whose sizes the plan fixed. Allocates nothing.</summary>
    /// <param name="token">The column, 0 to columns - 1.</param>
    /// <param name="panel">The first float of the panel.</param>
    /// <param name="units">Units per gate.</param>
    /// <param name="columns">Number of tokens.</param>
    /// <param name="vectors">Gates in the panel.</param>
    /// <param name="destination">The first float of the row of slots.</param>
    /// <param name="slots">Vectors per block in that row.</param>
    /// <param name="firstSlot">The slot of the panel's first vector.</param>
    public static void GatherRow(int token, ref float panel, int units, int columns, int vectors, ref float destination, int slots, int firstSlot)
    {
        int groups = Int8Row.Groups(columns), width, v = 0, slot = firstSlot;
        (int group, int column) = Math.DivRem(token, Int8Row.GroupColumns);
        for (int left = Int8Panel.Blocks(units) * vectors; left > 0; left -= width)
        {
            width = Int8Panel.TileWidth(left);
            for (int i = 0; i < width; i++)
            {
                // The column's byte moves to the top of its lane and comes down with its sign.
                Vector<int> weight = Start(ref panel, ((1 + group) * width) + i) << (24 - (8 * column)) >> 24;
                Vector<float> scale = Scale(ref panel, ((1 + groups) * width) + i), bias = Scale(ref panel, ((2 + groups) * width) + i);
                Lanes.Store(Lanes.MultiplyAdd(Vector.ConvertToSingle(weight), scale, bias), ref destination, slot * Vector<float>.Count);
                slot++;
                if (++v == vectors)
                {
                    v = 0;
                    slot += slots - vectors;
                }
            }

            panel = ref Unsafe.Add(ref panel, (groups + Int8Panel.Extra) * width * Vector<float>.Count);
        }
    }
}
