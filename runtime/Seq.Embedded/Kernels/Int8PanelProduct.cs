using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Seq.Embedded.Kernels;

/// <summary>Products of an <see cref="Int8Panel"/> with rows that are rounded to 7 bits.</summary>
/// <remarks>
/// Slots are those of <see cref="PanelProduct"/>. With q the bytes of a row, s = m / 63 its scale (m its largest magnitude) and t the scales of the weights' rows, the product
/// is <c>(q . w) * (t * s)</c>, the sum exact, and one fused multiply-add adds it to the bias (and the old value): the same bits for one row and for many, at every vector width.
/// These are calls, not code written into each step: with their sums in memory the element-wise equations of several blocks overlap, which was measured to be
/// worth more than to keep the sums of one block in registers (GRU 40 -> 64: 0.20 us against 0.30).
/// </remarks>
public static partial class Int8PanelProduct
{
    /// <summary>Rows that are rounded before they pass over the panel.</summary>
    private const int TileRows = 8;

    /// <summary>Floats of the memory that <see cref="Multiply"/> needs for rows of so many columns; <see cref="MultiplyRow"/> needs an eighth.</summary>
    public static int WorkFloats(int columns) => checked(TileRows * Int8Row.Floats(columns));

    /// <summary>
    /// destination[row][block][firstSlot + v] = (v &lt; accumulated ? old value : 0) + bias_v + W_v x[row], for all rows, blocks and vectors v, with x rounded to 7 bits row by row.
    /// Allocates nothing.
    /// </summary>
    /// <param name="x">(rows, columns), rows <paramref name="xStride"/> apart.</param>
    /// <param name="rows">Number of rows, 0 or more.</param>
    /// <param name="xStride">Floats from one row of x to the next, 1 or more: rows may overlap, as the windows of a convolution do.</param>
    /// <param name="panel"><see cref="Int8Panel.Size"/> floats.</param>
    /// <param name="units">Units per gate.</param>
    /// <param name="columns">Length of a row of x.</param>
    /// <param name="vectors">Gates in the panel.</param>
    /// <param name="destination">(rows, slots * Panel.Padded(units)).</param>
    /// <param name="slots">Vectors per block in a row of the destination.</param>
    /// <param name="firstSlot">The slot of the panel's first vector.</param>
    /// <param name="accumulated">How many of the panel's first vectors are added to what their slot holds.</param>
    /// <param name="work">At least <see cref="WorkFloats"/> floats, overwritten.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or rows is negative.</exception>
    /// <exception cref="ArgumentException">A span is too short for the sizes, the panel is not exactly its size, or slots or accumulated are out of range.</exception>
    public static void Multiply(
        ReadOnlySpan<float> x, int rows, int xStride, ReadOnlySpan<float> panel, int units, int columns, int vectors,
        Span<float> destination, int slots, int firstSlot, int accumulated, Span<float> work)
    {
        CheckSizes(rows, panel.Length, units, columns, vectors, destination.Length, slots, firstSlot);
        if (xStride < 1 || (rows > 0 && x.Length < ((rows - 1L) * xStride) + columns))
        {
            throw new ArgumentException($"x has {x.Length} floats, rows {xStride} apart; {rows} rows of {columns} take {((rows - 1L) * xStride) + columns}, and a distance of 1 or more.");
        }

        if (unchecked((uint)accumulated) > (uint)vectors || work.Length < WorkFloats(columns))
        {
            throw new ArgumentException($"{accumulated} vectors are to be accumulated, with {work.Length} floats to work in; allowed are 0 to {vectors}, and {WorkFloats(columns)} floats or more.");
        }

        int rowLength = slots * Panel.Padded(units);
        for (int row = 0; row < rows; row += TileRows)
        {
            ref float first = ref Unsafe.Add(ref MemoryMarshal.GetReference(x), (nint)row * xStride);
            ref float slotRow = ref Unsafe.Add(ref MemoryMarshal.GetReference(destination), (nint)row * rowLength);
            Product product = new(Math.Min(TileRows, rows - row), units, columns, vectors, slots, firstSlot, accumulated);
            product.Multiply(ref first, xStride, ref MemoryMarshal.GetReference(panel), ref slotRow, ref MemoryMarshal.GetReference(work));
        }
    }

    /// <summary>The same for one row, without checks: for generated code, whose sizes the plan fixed. Allocates nothing.</summary>
    /// <param name="x">The first of the columns.</param>
    /// <param name="panel">The first float of the panel.</param>
    /// <param name="units">Units per gate.</param>
    /// <param name="columns">Length of x.</param>
    /// <param name="vectors">Gates in the panel.</param>
    /// <param name="destination">The first float of the row of slots.</param>
    /// <param name="slots">Vectors per block in that row.</param>
    /// <param name="firstSlot">The slot of the panel's first vector.</param>
    /// <param name="accumulated">How many of the panel's first vectors are added to what their slot holds.</param>
    /// <param name="work">The first of 1 + ceil(columns / 4) floats, overwritten.</param>
    public static void MultiplyRow(
        ref float x, ref float panel, int units, int columns, int vectors, ref float destination, int slots, int firstSlot, int accumulated, ref float work) =>
        new Product(1, units, columns, vectors, slots, firstSlot, accumulated).Multiply(ref x, 0, ref panel, ref destination, ref work);

    private static void CheckSizes(int rows, int panelLength, int units, int columns, int vectors, int slotsLength, int slots, int firstSlot)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        int size = Int8Panel.Size(units, columns, vectors);
        if (panelLength != size)
        {
            throw new ArgumentException($"The panel has {panelLength} floats; {vectors} vectors of {units} units and {columns} columns take {size}.");
        }

        if (firstSlot < 0 || slots - firstSlot < vectors)
        {
            throw new ArgumentException($"Slots {firstSlot} to {(long)firstSlot + vectors - 1} are asked for; a row has slots 0 to {slots - 1}.");
        }

        long rowLength = (long)slots * Panel.Padded(units);
        if (rows > 0 && rowLength > slotsLength / rows)
        {
            throw new ArgumentException($"The slots have {slotsLength} floats; {rows} rows of {slots} slots of {Panel.Padded(units)} units take {(Int128)rows * rowLength}.");
        }
    }

    /// <summary>Some rows times a panel.</summary>
    private readonly ref struct Product(int rows, int units, int columns, int vectors, int slots, int firstSlot, int accumulated)
    {
        private readonly int _groups = Int8Row.Groups(columns);
        private readonly int _rowLength = slots * Panel.Padded(units);

        /// <summary>The form of the products that the processor has instructions for.</summary>
        public void Multiply(ref float x, nint xStride, ref float panel, ref float destination, ref float work)
        {
            if (Int8DotProduct.IsSupported)
            {
                Multiply<Int8DotProduct>(ref x, xStride, ref panel, ref destination, ref work);
            }
            else
            {
                Multiply<Int8Multiply>(ref x, xStride, ref panel, ref destination, ref work);
            }
        }

        private void Multiply<TProduct>(ref float x, nint xStride, ref float panel, ref float destination, ref float work)
            where TProduct : struct, IInt8Product
        {
            for (int row = 0; row < rows; row++)
            {
                Int8Row.Quantize<TProduct>(ref Unsafe.Add(ref x, row * xStride), columns, ref Unsafe.Add(ref work, row * (1 + _groups)));
            }

            int width, used = Int8Panel.Blocks(units) * vectors;
            for (int first = 0; first < used; first += width)
            {
                width = Int8Panel.TileWidth(used - first);
                Target target = new(first, vectors, slots, firstSlot, accumulated);
                for (int row = 0; row < rows; row++)
                {
                    ref float slotRow = ref Unsafe.Add(ref destination, (nint)row * _rowLength), bytes = ref Unsafe.Add(ref work, row * (1 + _groups));
                    switch (width)
                    {
                        case 8:
                            Eight<TProduct>(ref panel, ref bytes, _groups, target, ref slotRow);
                            break;
                        case 4:
                            Four<TProduct>(ref panel, ref bytes, _groups, target, ref slotRow);
                            break;
                        case 2:
                            Two<TProduct>(ref panel, ref bytes, _groups, target, ref slotRow);
                            break;
                        default:
                            One<TProduct>(ref panel, ref bytes, _groups, target, ref slotRow);
                            break;
                    }
                }

                panel = ref Unsafe.Add(ref panel, (_groups + Int8Panel.Extra) * width * Vector<float>.Count);
            }
        }
    }

    /// <summary>Where sums go that follow each other: to the slots of the gates, block by block.</summary>
    private readonly struct Target
    {
        public readonly int Vectors;
        public readonly int Accumulated;

        /// <summary>Gate and slot of the first sum.</summary>
        public readonly int V;
        public readonly int Slot;

        /// <summary>Slots between the last gate of a block and the first of the next.</summary>
        public readonly int Gap;

        public Target(int first, int vectors, int slots, int firstSlot, int accumulated)
        {
            (int block, V) = Math.DivRem(first, vectors);
            Vectors = vectors;
            Accumulated = accumulated;
            Slot = (block * slots) + firstSlot + V;
            Gap = slots - vectors;
        }

        /// <summary>Stores the value of a sum and goes on to the next slot.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Store(Vector<int> sum, Vector<float> scale, Vector<float> bias, ref float row, ref int v, ref int slot)
        {
            int at = slot * Vector<float>.Count;
            Vector<float> addend = v < Accumulated ? Lanes.Load(ref row, at) + bias : bias;
            Lanes.Store(Lanes.MultiplyAdd(Vector.ConvertToSingle(sum), scale, addend), ref row, at);
            slot++;
            if (++v == Vectors)
            {
                v = 0;
                slot += Gap;
            }
        }
    }
}
