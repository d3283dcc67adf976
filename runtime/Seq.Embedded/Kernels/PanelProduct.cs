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
    /// <summary>Sizes common to the three products, checked.</summary>
    private readonly struct Shape
    {
        public Shape(int rows, int units, int columns, int vectors, int slots, int firstSlot, int panelLength, int slotsLength)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(rows);
            int size = Panel.Size(units, columns, vectors);
            RowLength = CheckSizes(rows, size, panelLength, units, columns, vectors, slotsLength, slots, firstSlot);
            Columns = columns;
            Vectors = vectors;
            Slots = slots;
            FirstSlot = firstSlot;
            Blocks = (units + Vector<float>.Count - 1) / Vector<float>.Count;
        }

        public int Columns { get; }

        public int Vectors { get; }

        public int Slots { get; }

        public int FirstSlot { get; }

        /// <summary>Number of blocks that hold units.</summary>
        public int Blocks { get; }

        /// <summary>Length of a row of slots.</summary>
        public int RowLength { get; }

        /// <summary>Distance from one column of the panel to the next.</summary>
        public int ColumnStride => Vectors * Vector<float>.Count;

        /// <summary>Distance from one block of the panel to the next.</summary>
        public int PanelBlock => (Columns + 1) * ColumnStride;

        /// <summary>Distance from one block of a row of slots to the next.</summary>
        public int SlotBlock => Slots * Vector<float>.Count;
    }

    /// <summary>Checks a panel, of floats or of 8 bits, and the rows of slots that its products go to.</summary>
    /// <returns>Length of a row of slots.</returns>
    internal static int CheckSizes(int rows, int size, int panelLength, int units, int columns, int vectors, int slotsLength, int slots, int firstSlot)
    {
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

        // Divided, not multiplied: three sizes together may exceed 64 bits.
        long rowLength = (long)slots * Panel.Padded(units);
        if (rows > 0 && rowLength > slotsLength / rows)
        {
            throw new ArgumentException(
                $"The slots have {slotsLength} floats; {rows} rows of {slots} slots of {Panel.Padded(units)} units take {(Int128)rows * rowLength}.");
        }

        return (int)rowLength;
    }

    /// <summary>
    /// Three vectors that the inner loops take at once. The vectors of all blocks are counted through, so the loops do not care whether
    /// neighbours are two gates of one block or two blocks of one gate. Where they end, the last one is repeated: its result is
    /// computed, and stored, more than once, but from the same loaded values.
    /// </summary>
    private readonly struct Tile
    {
        /// <summary>Indices in the panel of the three biases; the weights of column k are (1 + k) column strides further.</summary>
        public readonly int Bias0, Bias1, Bias2;

        /// <summary>Indices in a row of slots.</summary>
        public readonly int Slot0, Slot1, Slot2;

        /// <summary>Gates, 0 to vectors - 1.</summary>
        public readonly int V0, V1, V2;

        private readonly bool _hasNext;
        private readonly int _nextBlock;
        private readonly int _nextV;

        private Tile(in Shape shape, in Blocks blocks, int block, int v)
        {
            V0 = v;
            Bias0 = BiasAt(shape, block, v);
            Slot0 = SlotAt(shape, block, v);
            bool more = Advance(shape, blocks, ref block, ref v);
            V1 = more ? v : V0;
            Bias1 = more ? BiasAt(shape, block, v) : Bias0;
            Slot1 = more ? SlotAt(shape, block, v) : Slot0;
            more = more && Advance(shape, blocks, ref block, ref v);
            V2 = more ? v : V1;
            Bias2 = more ? BiasAt(shape, block, v) : Bias1;
            Slot2 = more ? SlotAt(shape, block, v) : Slot1;
            IsInside = true;
            _hasNext = more && Advance(shape, blocks, ref block, ref v);
            _nextBlock = block;
            _nextV = v;
        }

        /// <summary>False for what follows the last tile.</summary>
        public bool IsInside { get; }

        public static Tile First(in Shape shape, in Blocks blocks) => blocks.First < blocks.End ? new(shape, blocks, blocks.First, 0) : default;

        public Tile Next(in Shape shape, in Blocks blocks) => _hasNext ? new Tile(shape, blocks, _nextBlock, _nextV) : default;

        private static int BiasAt(in Shape shape, int block, int v) => (block * shape.PanelBlock) + (v * Vector<float>.Count);

        private static int SlotAt(in Shape shape, int block, int v) => (block * shape.SlotBlock) + ((shape.FirstSlot + v) * Vector<float>.Count);

        private static bool Advance(in Shape shape, in Blocks blocks, ref int block, ref int v)
        {
            if (++v == shape.Vectors)
            {
                v = 0;
                block += blocks.Step;
            }

            return block < blocks.End;
        }
    }

    /// <summary>Unit blocks, one or two at a time.</summary>
    private readonly record struct Blocks(int First, int End, int Step)
    {
        /// <summary>The blocks that go by twos, where the machine can: all, but the last of an odd number.</summary>
        public static Blocks Pairs(int blocks) => new(0, TwoBlocks.IsSupported ? blocks & ~1 : 0, 2);

        /// <summary>The others.</summary>
        public static Blocks Rest(int blocks) => new(Pairs(blocks).End, blocks, 1);
    }

    private static void CheckOperand(string name, int length, int rows, int stride, int columns, bool overlap = false)
    {
        if (stride < (overlap ? 1 : columns))
        {
            throw new ArgumentException($"Rows of {name} are {stride} apart; allowed is a distance of {(overlap ? "1" : $"{columns} (the columns)")} or more.");
        }

        long needed = rows == 0 ? 0 : (rows - 1L) * stride + columns;
        if (length < needed)
        {
            throw new ArgumentException($"{name} has {length} floats; {rows} rows of {columns}, {stride} apart, take {needed}.");
        }
    }
}
