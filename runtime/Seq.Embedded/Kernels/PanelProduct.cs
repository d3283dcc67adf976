using System.Numerics;

namespace Seq.Embedded.Kernels;

/// <summary>Matrix products with a <see cref="Panel"/>: forward, transposed (gradient of the input), outer (gradient of the panel).</summary>
/// <remarks>
/// L = <c>Vector&lt;float&gt;.Count</c>. Pre-activations and their gradients (delta) are rows of <c>slots * Panel.Padded(units)</c> floats, ordered
/// [block][slot][lane]: a layer's two panels (x and h) share the row, each with its own range of slots. The vector v of a panel belongs to slot
/// <c>firstSlot + v</c>. Only the blocks that hold units, (units + L - 1) / L of them, are read and written; the lanes beyond
/// the units in the last of them follow from the panel's padding, which is zero.
/// Nothing is allocated, spans must not overlap, NaN and infinity spread by the usual rules of arithmetic.
/// </remarks>
public static partial class PanelProduct
{
    /// <summary>Vectors (of L units each) that one turn of the inner loops handles.</summary>
    private const int TileVectors = 3;

    /// <summary>
    /// Sizes common to the three products, checked. The units' vectors of all blocks are counted through, 0 to Total - 1, so that the loops
    /// do not care whether neighbours are two gates of one block or two blocks of one gate.
    /// </summary>
    private readonly struct Shape
    {
        public readonly int Columns;
        public readonly int Vectors;
        public readonly int Slots;
        public readonly int FirstSlot;
        public readonly int Blocks;

        public Shape(int rows, int units, int columns, int vectors, int slots, int firstSlot, int panelLength, int slotsLength)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(rows);
            int size = Panel.Size(units, columns, vectors);
            if (panelLength != size)
            {
                throw new ArgumentException(
                    $"The panel has {panelLength} floats; {vectors} vectors of {units} units and {columns} columns take {size}.");
            }

            if (firstSlot < 0 || slots - firstSlot < vectors)
            {
                throw new ArgumentException(
                    $"Slots {firstSlot} to {(long)firstSlot + vectors - 1} are asked for; a row has slots 0 to {slots - 1}.");
            }

            long needed = (long)rows * slots * Panel.Padded(units);
            if (slotsLength < needed)
            {
                throw new ArgumentException(
                    $"The slots have {slotsLength} floats; {rows} rows of {slots} slots of {Panel.Padded(units)} units take {needed}.");
            }

            Columns = columns;
            Vectors = vectors;
            Slots = slots;
            FirstSlot = firstSlot;
            Blocks = (units + Vector<float>.Count - 1) / Vector<float>.Count;
            RowLength = slots * Panel.Padded(units);
        }

        /// <summary>Length of a row of slots.</summary>
        public int RowLength { get; }

        /// <summary>Number of vectors in all blocks.</summary>
        public int Total => Blocks * Vectors;

        /// <summary>Distance from one column of the panel to the next.</summary>
        public int ColumnStride => Vectors * Vector<float>.Count;

        /// <summary>Index in the panel of the bias of vector number <paramref name="i"/> of all.</summary>
        public int BiasAt(int i)
        {
            (int block, int v) = Math.DivRem(i, Vectors);
            return (block * (Columns + 1) * Vectors + v) * Vector<float>.Count;
        }

        /// <summary>Index in a row of slots of vector number <paramref name="i"/> of all.</summary>
        public int SlotAt(int i)
        {
            (int block, int v) = Math.DivRem(i, Vectors);
            return (block * Slots + FirstSlot + v) * Vector<float>.Count;
        }
    }

    private static void CheckOperand(string name, int length, int rows, int stride, int columns)
    {
        if (stride < columns)
        {
            throw new ArgumentException($"Rows of {name} are {stride} apart; allowed is a distance of {columns} (the columns) or more.");
        }

        long needed = rows == 0 ? 0 : (rows - 1L) * stride + columns;
        if (length < needed)
        {
            throw new ArgumentException($"{name} has {length} floats; {rows} rows of {columns}, {stride} apart, take {needed}.");
        }
    }
}
