using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Seq.Embedded.Kernels;

/// <summary>Products of an <see cref="Int8Panel"/> with rows that are rounded to 7 bits.</summary>
/// <remarks>
/// Slots are those of <see cref="PanelProduct"/>. With q the bytes of a row, s = m / 63 its scale (m its largest magnitude) and t the scales of the weights' rows, the product
/// is <c>(q . w) * (t * s)</c>, the sum exact, and one fused multiply-add adds it to the bias (and the old value): the same bits for one row and for many, at every vector width.
/// These are calls, not code written into each step: with their sums in memory the element-wise equations of several blocks overlap, which was measured to be
/// worth more than to keep the sums of one block in registers (GRU 40 -> 64: a quarter of the time of a step).
/// </remarks>
public static partial class Int8PanelProduct
{
    /// <summary>Rows that are rounded before they pass over the panel.</summary>
    private const int TileRows = 8;

    /// <summary>Floats of the memory that <see cref="Multiply"/> needs for rows of so many columns; <see cref="MultiplyRow"/> an eighth of it.</summary>
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
        int rowLength = CheckSizes(rows, panel.Length, units, columns, vectors, destination.Length, slots, firstSlot);
        if (xStride < 1 || (rows > 0 && x.Length < ((rows - 1L) * xStride) + columns))
        {
            throw new ArgumentException($"x has {x.Length} floats, rows {xStride} apart; {rows} rows of {columns} take {((rows - 1L) * xStride) + columns}, and a distance of 1 or more.");
        }

        if (unchecked((uint)accumulated) > (uint)vectors || work.Length < WorkFloats(columns))
        {
            throw new ArgumentException($"{accumulated} vectors are to be accumulated, with {work.Length} floats to work in; allowed are 0 to {vectors}, and {WorkFloats(columns)} floats or more.");
        }

        for (int row = 0; row < rows; row += TileRows)
        {
            int count = Math.Min(TileRows, rows - row), bytes = Int8Row.Floats(columns);
            for (int i = 0; i < count; i++)
            {
                Quantize(ref Unsafe.Add(ref MemoryMarshal.GetReference(x), (nint)(row + i) * xStride), columns, ref work[i * bytes]);
            }

            ref float slotRow = ref Unsafe.Add(ref MemoryMarshal.GetReference(destination), (nint)row * rowLength);
            Product product = new(count, units, columns, vectors, slots, firstSlot, accumulated);
            product.Multiply(ref work[0], ref MemoryMarshal.GetReference(panel), ref slotRow);
        }
    }

    /// <summary>Rounds a row to 7 bits, without checks: for generated code, whose sizes the plan fixed. Allocates nothing.</summary>
    /// <param name="x">The first of the columns.</param>
    /// <param name="columns">Their number.</param>
    /// <param name="bytes">The first of 1 + ceil(columns / 4) floats: receives the scale and the bytes.</param>
    public static void Quantize(ref float x, int columns, ref float bytes) => Int8Row.Quantize(ref x, columns, ref bytes);

    /// <summary><see cref="Multiply"/> for one row that is rounded already, without checks: for generated code. Allocates nothing.</summary>
    /// <param name="bytes">What <see cref="Quantize"/> gave.</param>
    /// <param name="panel">The first float of the panel.</param>
    /// <param name="units">Units per gate.</param>
    /// <param name="columns">Length of the row.</param>
    /// <param name="vectors">Gates in the panel.</param>
    /// <param name="destination">The first float of the row of slots.</param>
    /// <param name="slots">Vectors per block in that row.</param>
    /// <param name="firstSlot">The slot of the panel's first vector.</param>
    /// <param name="accumulated">How many of the panel's first vectors are added to what their slot holds.</param>
    public static void MultiplyRow(ref float bytes, ref float panel, int units, int columns, int vectors, ref float destination, int slots, int firstSlot, int accumulated) =>
        new Product(1, units, columns, vectors, slots, firstSlot, accumulated).Multiply(ref bytes, ref panel, ref destination);

    /// <returns>Length of a row of slots.</returns>
    private static int CheckSizes(int rows, int panelLength, int units, int columns, int vectors, int slotsLength, int slots, int firstSlot)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        return PanelProduct.CheckSizes(rows, Int8Panel.Size(units, columns, vectors), panelLength, units, columns, vectors, slotsLength, slots, firstSlot);
    }

    /// <summary>Some rows times a panel.</summary>
    private readonly partial struct Product(int rows, int units, int columns, int vectors, int slots, int firstSlot, int accumulated)
    {
        private readonly int _groups = Int8Row.Groups(columns);

        /// <param name="work">Rounded rows, one behind the other.</param>
        /// <param name="panel">The first float of the panel.</param>
        /// <param name="destination">The first float of the first row of slots.</param>
        public void Multiply(ref float work, ref float panel, ref float destination)
        {
            // Chosen here, once for a product: where the compiler does not know the processor, each of these is a question at run time.
            if (Int8DotProduct.IsSupported)
            {
                Multiply<Int8DotProduct>(ref work, ref panel, ref destination);
            }
            else if (Int8Multiply.IsSupported)
            {
                Multiply<Int8Multiply>(ref work, ref panel, ref destination);
            }
            else
            {
                Multiply<Int8Portable>(ref work, ref panel, ref destination);
            }
        }

        private void Multiply<TProduct>(ref float work, ref float panel, ref float destination)
            where TProduct : struct, IInt8Product
        {
            int rowLength = slots * Panel.Padded(units), used = Int8Panel.Blocks(units) * vectors, width;
            for (int first = 0; first < used; first += width)
            {
                width = Int8Panel.TileWidth(used - first);
                (int block, int v) = Math.DivRem(first, vectors);
                int slot = (block * slots) + firstSlot + v;
                for (int row = 0; row < rows; row++)
                {
                    ref float slotRow = ref Unsafe.Add(ref destination, (nint)row * rowLength), bytes = ref Unsafe.Add(ref work, row * (1 + _groups));
                    switch (width)
                    {
                        case 8:
                            Eight<TProduct>(ref panel, ref bytes, v, slot, ref slotRow);
                            break;
                        case 4:
                            Four<TProduct>(ref panel, ref bytes, v, slot, ref slotRow);
                            break;
                        case 2:
                            Two<TProduct>(ref panel, ref bytes, v, slot, ref slotRow);
                            break;
                        default:
                            One<TProduct>(ref panel, ref bytes, v, slot, ref slotRow);
                            break;
                    }
                }

                panel = ref Unsafe.Add(ref panel, (_groups + Int8Panel.Extra) * width * Vector<float>.Count);
            }
        }

        /// <summary>Stores the value of a gate's sum and goes on to the next slot.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Store(Vector<int> sum, Vector<float> scale, Vector<float> bias, ref float row, ref int v, ref int slot)
        {
            int at = slot * Vector<float>.Count;
            Vector<float> addend = v < accumulated ? Lanes.Load(ref row, at) + bias : bias;
            Lanes.Store(Lanes.MultiplyAdd(Vector.ConvertToSingle(sum), scale, addend), ref row, at);
            slot++;
            if (++v == vectors)
            {
                v = 0;
                slot += slots - vectors;
            }
        }
    }
}
