using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Seq.Embedded.Kernels;

public static partial class PanelProduct
{
    /// <summary>Rows whose deltas stay in the first-level cache while all columns pass over them.</summary>
    private const int TransposedRows = 32;

    /// <summary>Length of a transposed panel in floats: <c>vectors * units * Panel.Padded(columns)</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    /// <exception cref="OverflowException">The length exceeds <see cref="int.MaxValue"/>.</exception>
    public static int TransposedSize(int units, int columns, int vectors)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(units, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(vectors, 1);
        return checked(vectors * units * Panel.Padded(columns));
    }

    /// <summary>Lays the weights of a panel out for <see cref="MultiplyTransposed"/>: [column block][vector][unit][lane], where the lanes are columns.</summary>
    /// <param name="panel"><see cref="Panel.Size"/> floats; its biases are not read.</param>
    /// <param name="units">Units per gate.</param>
    /// <param name="columns">Columns of the panel.</param>
    /// <param name="vectors">Gates in the panel.</param>
    /// <param name="transposed">Receives <see cref="TransposedSize"/> floats; those beyond the columns stay as they are.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    public static void Transpose(ReadOnlySpan<float> panel, int units, int columns, int vectors, Span<float> transposed)
    {
        Shape shape = new(0, units, columns, vectors, vectors, 0, panel.Length, 0);
        CheckTransposed(transposed.Length, units, columns, vectors);
        ref float source = ref MemoryMarshal.GetReference(panel);
        ref float target = ref MemoryMarshal.GetReference(transposed);
        nint blockLength = (nint)vectors * units * Vector<float>.Count;
        for (int column = 0; column < columns; column += 4)
        {
            // Four columns of four units at a time; those that are too many repeat the last column, and units are padded.
            nint to = (column / Vector<float>.Count * blockLength) + (column % Vector<float>.Count);
            nint c1 = Math.Min(1, columns - 1 - column) * (nint)shape.ColumnStride, c2 = Math.Min(2, columns - 1 - column) * (nint)shape.ColumnStride;
            nint c3 = Math.Min(3, columns - 1 - column) * (nint)shape.ColumnStride;
            for (int v = 0; v < vectors; v++)
            {
                for (int unit = 0; unit < units; unit += 4)
                {
                    ref float from = ref Unsafe.Add(ref source, (unit / Vector<float>.Count * shape.PanelBlock) + ((1 + column) * shape.ColumnStride) + (v * Vector<float>.Count) + (unit % Vector<float>.Count));
                    TransposeFour(
                        Vector128.LoadUnsafe(ref from), Vector128.LoadUnsafe(ref from, (nuint)c1), Vector128.LoadUnsafe(ref from, (nuint)c2), Vector128.LoadUnsafe(ref from, (nuint)c3),
                        ref Unsafe.Add(ref target, to + (((v * units) + unit) * Vector<float>.Count)), Math.Min(4, units - unit));
                }
            }
        }
    }

    /// <summary>Four columns become the rows of so many units, one vector apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransposeFour(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d, ref float target, int units)
    {
        Vector128<float> low = InterleaveLower(a, c), high = InterleaveUpper(a, c), low1 = InterleaveLower(b, d), high1 = InterleaveUpper(b, d);
        InterleaveLower(low, low1).StoreUnsafe(ref target);
        if (units > 1)
        {
            InterleaveUpper(low, low1).StoreUnsafe(ref target, (nuint)Vector<float>.Count);
        }

        if (units > 2)
        {
            InterleaveLower(high, high1).StoreUnsafe(ref target, (nuint)(2 * Vector<float>.Count));
        }

        if (units > 3)
        {
            InterleaveUpper(high, high1).StoreUnsafe(ref target, (nuint)(3 * Vector<float>.Count));
        }
    }

    /// <summary>(a0, b0, a1, b1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> InterleaveLower(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackLow(a, b) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b) : Vector128.Create(a[0], b[0], a[1], b[1]);

    /// <summary>(a2, b2, a3, b3).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> InterleaveUpper(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackHigh(a, b) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b) : Vector128.Create(a[2], b[2], a[3], b[3]);

    /// <summary>dx[row][k] += sum over vectors v and units of delta[row][v, unit] * W[v, unit, column k].</summary>
    /// <remarks>
    /// Vector by vector and unit by unit, each is added with one fused multiply-add to the value that dx holds: the same bits at every vector width, and however
    /// many rows a call has.
    /// </remarks>
    /// <param name="delta">(rows, slots * Panel.Padded(units)): gradient of the pre-activations. Lanes beyond the units are not read.</param>
    /// <param name="rows">Number of rows, 0 or more.</param>
    /// <param name="slots">Vectors per block in a row of delta.</param>
    /// <param name="firstSlot">The slot of the panel's first vector.</param>
    /// <param name="transposed">The panel as <see cref="Transpose"/> lays it out.</param>
    /// <param name="units">Units per gate.</param>
    /// <param name="columns">Length of a row of dx.</param>
    /// <param name="vectors">Gates in the panel.</param>
    /// <param name="dx">(rows, columns), rows <paramref name="dxStride"/> apart.</param>
    /// <param name="dxStride">Floats from one row of dx to the next, at least <paramref name="columns"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or rows is negative.</exception>
    /// <exception cref="ArgumentException">A span is too short for the sizes, the panel is not exactly its size, or the slots are out of range.</exception>
    public static void MultiplyTransposed(
        ReadOnlySpan<float> delta, int rows, int slots, int firstSlot, ReadOnlySpan<float> transposed, int units, int columns, int vectors,
        Span<float> dx, int dxStride)
    {
        Shape shape = new(rows, units, columns, vectors, slots, firstSlot, Panel.Size(units, columns, vectors), delta.Length);
        CheckTransposed(transposed.Length, units, columns, vectors);
        CheckOperand(nameof(dx), dx.Length, rows, dxStride, columns);
        int blocks = columns / Vector<float>.Count;
        for (int row = 0; row < rows; row += TransposedRows)
        {
            int count = Math.Min(TransposedRows, rows - row);
            ReadOnlySpan<float> deltas = delta[(row * shape.RowLength)..];
            Span<float> sums = dx[(row * dxStride)..];
            if (TwoBlocks.IsSupported)
            {
                MultiplyTransposed<TwoBlocks>(deltas, count, transposed, units, shape, Blocks.Pairs(blocks), ref sums[0], dxStride);
            }

            MultiplyTransposed<OneBlock>(deltas, count, transposed, units, shape, Blocks.Rest(blocks), ref sums[0], dxStride);
            if (columns % Vector<float>.Count > 0)
            {
                MultiplyTransposedEdge(deltas, count, transposed, units, shape, sums[(blocks * Vector<float>.Count)..], dxStride);
            }
        }
    }

    /// <summary>The last block of columns when it is not whole: what lies behind a row of dx is not ours.</summary>
    private static void MultiplyTransposedEdge(
        ReadOnlySpan<float> delta, int rows, ReadOnlySpan<float> transposed, int units, in Shape shape, Span<float> dx, int dxStride)
    {
        Span<float> edge = stackalloc float[TransposedRows * Panel.UnitMultiple];
        int blocks = shape.Columns / Vector<float>.Count, width = shape.Columns % Vector<float>.Count;
        for (int row = 0; row < rows; row++)
        {
            dx.Slice(row * dxStride, width).CopyTo(edge[(row * Vector<float>.Count)..]);
        }

        MultiplyTransposed<OneBlock>(
            delta, rows, transposed[(blocks * shape.Vectors * units * Vector<float>.Count)..], units, shape, new Blocks(0, 1, 1), ref edge[0], Vector<float>.Count);
        for (int row = 0; row < rows; row++)
        {
            edge.Slice(row * Vector<float>.Count, width).CopyTo(dx[(row * dxStride)..]);
        }
    }

    /// <summary>Some blocks of columns of a few rows.</summary>
    private static void MultiplyTransposed<T>(
        ReadOnlySpan<float> delta, int rows, ReadOnlySpan<float> transposed, int units, in Shape shape, in Blocks blocks, ref float dx, nint dxStride)
        where T : struct, IBlockVector<T>
    {
        ref float deltaRow = ref Unsafe.Add(ref MemoryMarshal.GetReference(delta), shape.FirstSlot * Vector<float>.Count);
        int most = rows == 1 ? 8 : 3;
        for (Columns at = new(blocks, shape.Vectors * units * Vector<float>.Count, most); at.Count > 0; at = at.Next(most))
        {
            if (rows == 1)
            {
                TransposedRow<T>(ref deltaRow, ref MemoryMarshal.GetReference(transposed), units, shape, at, ref dx);
                continue;
            }

            for (int row = 0; row < rows; row += 4)
            {
                ref float deltas = ref Unsafe.Add(ref deltaRow, (nint)row * shape.RowLength);
                ref float sums = ref Unsafe.Add(ref dx, row * dxStride);
                if (at.Count == most)
                {
                    TransposedTile<T>(ref deltas, Math.Min(4, rows - row), ref MemoryMarshal.GetReference(transposed), units, shape, at, ref sums, dxStride);
                }
                else
                {
                    TransposedPair<T>(ref deltas, Math.Min(4, rows - row), ref MemoryMarshal.GetReference(transposed), units, shape, at, ref sums, dxStride);
                }
            }
        }
    }

    /// <summary>Three blocks of columns times four rows (the last one repeated where they end): twelve sums in registers, over all vectors and units.</summary>
    private static void TransposedTile<T>(
        ref float delta, int rows, ref float transposed, int units, in Shape shape, in Columns at, ref float dx, nint dxStride)
        where T : struct, IBlockVector<T>
    {
        nint e1 = (nint)Math.Min(1, rows - 1) * shape.RowLength, e2 = (nint)Math.Min(2, rows - 1) * shape.RowLength, e3 = (nint)Math.Min(3, rows - 1) * shape.RowLength;
        ref float to0 = ref dx;
        ref float to1 = ref Unsafe.Add(ref dx, Math.Min(1, rows - 1) * dxStride);
        ref float to2 = ref Unsafe.Add(ref dx, Math.Min(2, rows - 1) * dxStride);
        ref float to3 = ref Unsafe.Add(ref dx, Math.Min(3, rows - 1) * dxStride);
        nint apart = at.BlockLength, dxApart = Vector<float>.Count;
        nint c0 = at.First(0), c1 = at.First(1), c2 = at.First(2);
        ref float w0 = ref Unsafe.Add(ref transposed, at.Weights(0));
        ref float w1 = ref Unsafe.Add(ref transposed, at.Weights(1));
        ref float w2 = ref Unsafe.Add(ref transposed, at.Weights(2));
        // Addresses above the sums: .NET 9's native compiler leaves calls in what computes them, and no vector register outlives a call.
        T s00 = T.Load(ref Unsafe.Add(ref to0, c0), dxApart), s01 = T.Load(ref Unsafe.Add(ref to0, c1), dxApart), s02 = T.Load(ref Unsafe.Add(ref to0, c2), dxApart);
        T s10 = T.Load(ref Unsafe.Add(ref to1, c0), dxApart), s11 = T.Load(ref Unsafe.Add(ref to1, c1), dxApart), s12 = T.Load(ref Unsafe.Add(ref to1, c2), dxApart);
        T s20 = T.Load(ref Unsafe.Add(ref to2, c0), dxApart), s21 = T.Load(ref Unsafe.Add(ref to2, c1), dxApart), s22 = T.Load(ref Unsafe.Add(ref to2, c2), dxApart);
        T s30 = T.Load(ref Unsafe.Add(ref to3, c0), dxApart), s31 = T.Load(ref Unsafe.Add(ref to3, c1), dxApart), s32 = T.Load(ref Unsafe.Add(ref to3, c2), dxApart);
        nint w = 0;
        for (int v = 0; v < shape.Vectors; v++)
        {
            ref float run0 = ref Unsafe.Add(ref delta, v * Vector<float>.Count);
            for (int unit = 0; unit < units; unit += Vector<float>.Count)
            {
                ref float run1 = ref Unsafe.Add(ref run0, e1);
                ref float run2 = ref Unsafe.Add(ref run0, e2);
                ref float run3 = ref Unsafe.Add(ref run0, e3);
                nint lanes = Math.Min(Vector<float>.Count, units - unit);
                for (nint lane = 0; lane < lanes; lane++, w += Vector<float>.Count)
                {
                    T weight0 = T.Load(ref Unsafe.Add(ref w0, w), apart);
                    T weight1 = T.Load(ref Unsafe.Add(ref w1, w), apart);
                    T weight2 = T.Load(ref Unsafe.Add(ref w2, w), apart);
                    T value = T.All(Unsafe.Add(ref run0, lane));
                    s00 = T.MultiplyAdd(value, weight0, s00);
                    s01 = T.MultiplyAdd(value, weight1, s01);
                    s02 = T.MultiplyAdd(value, weight2, s02);
                    value = T.All(Unsafe.Add(ref run1, lane));
                    s10 = T.MultiplyAdd(value, weight0, s10);
                    s11 = T.MultiplyAdd(value, weight1, s11);
                    s12 = T.MultiplyAdd(value, weight2, s12);
                    value = T.All(Unsafe.Add(ref run2, lane));
                    s20 = T.MultiplyAdd(value, weight0, s20);
                    s21 = T.MultiplyAdd(value, weight1, s21);
                    s22 = T.MultiplyAdd(value, weight2, s22);
                    value = T.All(Unsafe.Add(ref run3, lane));
                    s30 = T.MultiplyAdd(value, weight0, s30);
                    s31 = T.MultiplyAdd(value, weight1, s31);
                    s32 = T.MultiplyAdd(value, weight2, s32);
                }

                run0 = ref Unsafe.Add(ref run0, shape.SlotBlock);
            }
        }

        T.Store(s00, ref Unsafe.Add(ref to0, c0), dxApart);
        T.Store(s01, ref Unsafe.Add(ref to0, c1), dxApart);
        T.Store(s02, ref Unsafe.Add(ref to0, c2), dxApart);
        T.Store(s10, ref Unsafe.Add(ref to1, c0), dxApart);
        T.Store(s11, ref Unsafe.Add(ref to1, c1), dxApart);
        T.Store(s12, ref Unsafe.Add(ref to1, c2), dxApart);
        T.Store(s20, ref Unsafe.Add(ref to2, c0), dxApart);
        T.Store(s21, ref Unsafe.Add(ref to2, c1), dxApart);
        T.Store(s22, ref Unsafe.Add(ref to2, c2), dxApart);
        T.Store(s30, ref Unsafe.Add(ref to3, c0), dxApart);
        T.Store(s31, ref Unsafe.Add(ref to3, c1), dxApart);
        T.Store(s32, ref Unsafe.Add(ref to3, c2), dxApart);
    }

    /// <summary>The same for two blocks, or one.</summary>
    private static void TransposedPair<T>(
        ref float delta, int rows, ref float transposed, int units, in Shape shape, in Columns at, ref float dx, nint dxStride)
        where T : struct, IBlockVector<T>
    {
        nint e1 = (nint)Math.Min(1, rows - 1) * shape.RowLength, e2 = (nint)Math.Min(2, rows - 1) * shape.RowLength, e3 = (nint)Math.Min(3, rows - 1) * shape.RowLength;
        ref float to0 = ref dx;
        ref float to1 = ref Unsafe.Add(ref dx, Math.Min(1, rows - 1) * dxStride);
        ref float to2 = ref Unsafe.Add(ref dx, Math.Min(2, rows - 1) * dxStride);
        ref float to3 = ref Unsafe.Add(ref dx, Math.Min(3, rows - 1) * dxStride);
        nint apart = at.BlockLength, dxApart = Vector<float>.Count;
        nint c0 = at.First(0), c1 = at.First(1);
        ref float w0 = ref Unsafe.Add(ref transposed, at.Weights(0));
        ref float w1 = ref Unsafe.Add(ref transposed, at.Weights(1));
        T s00 = T.Load(ref Unsafe.Add(ref to0, c0), dxApart), s01 = T.Load(ref Unsafe.Add(ref to0, c1), dxApart);
        T s10 = T.Load(ref Unsafe.Add(ref to1, c0), dxApart), s11 = T.Load(ref Unsafe.Add(ref to1, c1), dxApart);
        T s20 = T.Load(ref Unsafe.Add(ref to2, c0), dxApart), s21 = T.Load(ref Unsafe.Add(ref to2, c1), dxApart);
        T s30 = T.Load(ref Unsafe.Add(ref to3, c0), dxApart), s31 = T.Load(ref Unsafe.Add(ref to3, c1), dxApart);
        nint w = 0;
        for (int v = 0; v < shape.Vectors; v++)
        {
            ref float run0 = ref Unsafe.Add(ref delta, v * Vector<float>.Count);
            for (int unit = 0; unit < units; unit += Vector<float>.Count)
            {
                ref float run1 = ref Unsafe.Add(ref run0, e1);
                ref float run2 = ref Unsafe.Add(ref run0, e2);
                ref float run3 = ref Unsafe.Add(ref run0, e3);
                nint lanes = Math.Min(Vector<float>.Count, units - unit);
                for (nint lane = 0; lane < lanes; lane++, w += Vector<float>.Count)
                {
                    T weight0 = T.Load(ref Unsafe.Add(ref w0, w), apart);
                    T weight1 = T.Load(ref Unsafe.Add(ref w1, w), apart);
                    T value = T.All(Unsafe.Add(ref run0, lane));
                    s00 = T.MultiplyAdd(value, weight0, s00);
                    s01 = T.MultiplyAdd(value, weight1, s01);
                    value = T.All(Unsafe.Add(ref run1, lane));
                    s10 = T.MultiplyAdd(value, weight0, s10);
                    s11 = T.MultiplyAdd(value, weight1, s11);
                    value = T.All(Unsafe.Add(ref run2, lane));
                    s20 = T.MultiplyAdd(value, weight0, s20);
                    s21 = T.MultiplyAdd(value, weight1, s21);
                    value = T.All(Unsafe.Add(ref run3, lane));
                    s30 = T.MultiplyAdd(value, weight0, s30);
                    s31 = T.MultiplyAdd(value, weight1, s31);
                }

                run0 = ref Unsafe.Add(ref run0, shape.SlotBlock);
            }
        }

        T.Store(s00, ref Unsafe.Add(ref to0, c0), dxApart);
        T.Store(s01, ref Unsafe.Add(ref to0, c1), dxApart);
        T.Store(s10, ref Unsafe.Add(ref to1, c0), dxApart);
        T.Store(s11, ref Unsafe.Add(ref to1, c1), dxApart);
        T.Store(s20, ref Unsafe.Add(ref to2, c0), dxApart);
        T.Store(s21, ref Unsafe.Add(ref to2, c1), dxApart);
        T.Store(s30, ref Unsafe.Add(ref to3, c0), dxApart);
        T.Store(s31, ref Unsafe.Add(ref to3, c1), dxApart);
    }

    /// <summary>Up to eight blocks of columns times one row.</summary>
    private static void TransposedRow<T>(ref float delta, ref float transposed, int units, in Shape shape, in Columns at, ref float dx)
        where T : struct, IBlockVector<T>
    {
        nint apart = at.BlockLength, dxApart = Vector<float>.Count;
        ref float w0 = ref Unsafe.Add(ref transposed, at.Weights(0));
        ref float w1 = ref Unsafe.Add(ref transposed, at.Weights(1));
        ref float w2 = ref Unsafe.Add(ref transposed, at.Weights(2));
        ref float w3 = ref Unsafe.Add(ref transposed, at.Weights(3));
        ref float w4 = ref Unsafe.Add(ref transposed, at.Weights(4));
        ref float w5 = ref Unsafe.Add(ref transposed, at.Weights(5));
        ref float w6 = ref Unsafe.Add(ref transposed, at.Weights(6));
        ref float w7 = ref Unsafe.Add(ref transposed, at.Weights(7));
        nint c0 = at.First(0), c1 = at.First(1), c2 = at.First(2), c3 = at.First(3), c4 = at.First(4), c5 = at.First(5), c6 = at.First(6), c7 = at.First(7);
        T s0 = T.Load(ref Unsafe.Add(ref dx, c0), dxApart);
        T s1 = T.Load(ref Unsafe.Add(ref dx, c1), dxApart);
        T s2 = T.Load(ref Unsafe.Add(ref dx, c2), dxApart);
        T s3 = T.Load(ref Unsafe.Add(ref dx, c3), dxApart);
        T s4 = T.Load(ref Unsafe.Add(ref dx, c4), dxApart);
        T s5 = T.Load(ref Unsafe.Add(ref dx, c5), dxApart);
        T s6 = T.Load(ref Unsafe.Add(ref dx, c6), dxApart);
        T s7 = T.Load(ref Unsafe.Add(ref dx, c7), dxApart);
        bool many = at.Count > 4;
        nint w = 0;
        for (int v = 0; v < shape.Vectors; v++)
        {
            ref float run = ref Unsafe.Add(ref delta, v * Vector<float>.Count);
            for (int unit = 0; unit < units; unit += Vector<float>.Count)
            {
                nint lanes = Math.Min(Vector<float>.Count, units - unit);
                for (nint lane = 0; lane < lanes; lane++, w += Vector<float>.Count)
                {
                    T value = T.All(Unsafe.Add(ref run, lane));
                    s0 = T.MultiplyAdd(value, T.Load(ref Unsafe.Add(ref w0, w), apart), s0);
                    s1 = T.MultiplyAdd(value, T.Load(ref Unsafe.Add(ref w1, w), apart), s1);
                    s2 = T.MultiplyAdd(value, T.Load(ref Unsafe.Add(ref w2, w), apart), s2);
                    s3 = T.MultiplyAdd(value, T.Load(ref Unsafe.Add(ref w3, w), apart), s3);
                    if (many)
                    {
                        s4 = T.MultiplyAdd(value, T.Load(ref Unsafe.Add(ref w4, w), apart), s4);
                        s5 = T.MultiplyAdd(value, T.Load(ref Unsafe.Add(ref w5, w), apart), s5);
                        s6 = T.MultiplyAdd(value, T.Load(ref Unsafe.Add(ref w6, w), apart), s6);
                        s7 = T.MultiplyAdd(value, T.Load(ref Unsafe.Add(ref w7, w), apart), s7);
                    }
                }

                run = ref Unsafe.Add(ref run, shape.SlotBlock);
            }
        }

        T.Store(s0, ref Unsafe.Add(ref dx, c0), dxApart);
        T.Store(s1, ref Unsafe.Add(ref dx, c1), dxApart);
        T.Store(s2, ref Unsafe.Add(ref dx, c2), dxApart);
        T.Store(s3, ref Unsafe.Add(ref dx, c3), dxApart);
        if (many)
        {
            T.Store(s4, ref Unsafe.Add(ref dx, c4), dxApart);
            T.Store(s5, ref Unsafe.Add(ref dx, c5), dxApart);
            T.Store(s6, ref Unsafe.Add(ref dx, c6), dxApart);
            T.Store(s7, ref Unsafe.Add(ref dx, c7), dxApart);
        }
    }

    private static void CheckTransposed(int length, int units, int columns, int vectors)
    {
        int size = TransposedSize(units, columns, vectors);
        if (length != size)
        {
            throw new ArgumentException($"The transposed panel has {length} floats; {vectors} vectors of {units} units and {columns} columns take {size}.");
        }
    }

    /// <summary>A few neighbouring blocks of columns; asked for more than there are, it gives the last one.</summary>
    private readonly struct Columns
    {
        private readonly Blocks _rest;

        /// <summary>The first blocks of some: as many as allowed, but no single one is left over if it can be helped.</summary>
        public Columns(in Blocks blocks, int blockLength, int most)
        {
            int left = (blocks.End - blocks.First) / blocks.Step;
            _rest = blocks;
            BlockLength = blockLength;
            Count = left == most + 1 ? most - 1 : Math.Min(left, most);
        }

        /// <summary>Number of blocks, or of pairs of blocks.</summary>
        public int Count { get; }

        /// <summary>Floats from one block of the transposed panel to the next.</summary>
        public int BlockLength { get; }

        /// <summary>Where the weights of a block begin.</summary>
        public nint Weights(int index) => (nint)At(index) * BlockLength;

        /// <summary>The first column of a block.</summary>
        public nint First(int index) => (nint)At(index) * Vector<float>.Count;

        public Columns Next(int most) => new(_rest with { First = _rest.First + (Count * _rest.Step) }, BlockLength, most);

        private int At(int index) => _rest.First + (Math.Min(index, Count - 1) * _rest.Step);
    }
}
