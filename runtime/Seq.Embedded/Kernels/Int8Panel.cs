using System.Numerics;
using System.Runtime.InteropServices;

namespace Seq.Embedded.Kernels;

/// <summary>The memory order of weights of 8 bits that the kernels read, see remarks.</summary>
/// <remarks>
/// As in a <see cref="Panel"/>, a vector holds one gate of a block of L = <c>Vector&lt;float&gt;.Count</c> units; a lane holds four columns, one byte each, and each row of the
/// matrix has a scale: a weight is its byte times the scale. The vectors are counted through, i = block * V + v for V gates, and stand in tiles of eight, what is
/// left over in tiles of four, two and one. With G = ceil(columns / 4), a tile of W vectors that begins with vector i holds
/// <code>
/// tile = panel[i * (G + 3) * L ...]
/// tile[(0     * W + w) * L + lane] = start of the sum (int)
/// tile[((1 + g) * W + w) * L + lane] = weights of columns 4 g to 4 g + 3, the first in the lowest byte
/// tile[((1 + G) * W + w) * L + lane] = scale (float)
/// tile[((2 + G) * W + w) * L + lane] = bias  (float)
/// </code>
/// Where the processor multiplies unsigned activations (<see cref="IInt8Product.Offset"/>), a sum starts at -64 times the sum of the row's bytes.
/// What fills up units and columns is zero. Blocks without units take memory, and are neither read nor written.
/// </remarks>
public static class Int8Panel
{
    /// <summary>The memory order described above has version 1: generated code names this constant, as it does <see cref="Panel.LayoutVersion1"/>.</summary>
    public const int LayoutVersion1 = 1;

    /// <summary>The largest weight.</summary>
    internal const int Largest = 127;

    /// <summary>Vectors of a tile: that many sums stay in registers.</summary>
    internal const int TileVectors = 8;

    /// <summary>Rows of a tile beside those of the weights.</summary>
    internal const int Extra = 3;

    /// <summary>Length of a panel in floats: <c>(ceil(columns / 4) + 3) * vectors * Panel.Padded(units)</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    /// <exception cref="OverflowException">The length exceeds <see cref="int.MaxValue"/>.</exception>
    public static int Size(int units, int columns, int vectors)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(units, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(vectors, 1);
        return checked((Int8Row.Groups(columns) + Extra) * vectors * Panel.Padded(units));
    }

    /// <summary>
    /// Rounds the rows of a matrix to 8 bits: scale = max |w| / 127 of the row, byte = w / scale to the nearest integer. Allocates nothing.
    /// </summary>
    /// <remarks>The scale has 17 significant bits, so that a byte times it is exact as a float: weights that were rounded once are not changed when they are rounded again.</remarks>
    /// <param name="weight">(rows, columns), finite.</param>
    /// <param name="columns">Length of a row.</param>
    /// <param name="bytes">Receives (rows, columns) integers, each -127 to 127.</param>
    /// <param name="scales">Receives the scale of each row.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public static void Quantize(ReadOnlySpan<float> weight, int columns, Span<sbyte> bytes, Span<float> scales)
    {
        if (weight.Length != (long)scales.Length * columns || bytes.Length != weight.Length)
        {
            throw new ArgumentException($"{weight.Length} weights, {bytes.Length} bytes and {scales.Length} scales; {scales.Length} rows of {columns} columns have {(long)scales.Length * columns} weights and bytes.");
        }

        for (int row = 0; row < scales.Length; row++)
        {
            ReadOnlySpan<float> values = weight.Slice(row * columns, columns);
            float largest = 0;
            foreach (float value in values)
            {
                largest = MathF.Max(largest, MathF.Abs(value));
            }

            float scale = GetScale(largest);
            scales[row] = scale;
            for (int k = 0; k < columns; k++)
            {
                // In double precision, so that subnormal scales do no harm.
                bytes[(row * columns) + k] = scale == 0 ? (sbyte)0 : (sbyte)Math.Clamp(Math.Round((double)values[k] / scale), -Largest, Largest);
            }
        }
    }

    private static float GetScale(float largest)
    {
        const int DroppedBits = 7;
        float scale = largest / Largest;
        return float.IsNormal(scale) ? BitConverter.Int32BitsToSingle((BitConverter.SingleToInt32Bits(scale) + (1 << (DroppedBits - 1))) >> DroppedBits << DroppedBits) : scale;
    }

    /// <summary>Fills a panel; every float of it is written. Allocates nothing.</summary>
    /// <param name="bytes">(G * units, columns), row major, gates stacked, each -127 to 127.</param>
    /// <param name="scales">(G * units).</param>
    /// <param name="bias">(G * units), or empty for zero.</param>
    /// <param name="gates">For each of the panel's vectors the gate, 0 to G - 1, that it holds.</param>
    /// <param name="units">Units per gate.</param>
    /// <param name="columns">Length of the operand.</param>
    /// <param name="panel">Receives <see cref="Size"/> floats; must not overlap the sources.</param>
    /// <exception cref="ArgumentException">A length does not fit, or a gate is outside 0 to G - 1.</exception>
    public static void Pack(
        ReadOnlySpan<sbyte> bytes, ReadOnlySpan<float> scales, ReadOnlySpan<float> bias, ReadOnlySpan<int> gates, int units, int columns, Span<float> panel)
    {
        Check(bytes.Length, scales.Length, bias.Length, gates, units, columns, panel.Length);
        panel.Clear();
        Span<sbyte> packed = MemoryMarshal.Cast<float, sbyte>(panel);
        Span<int> starts = MemoryMarshal.Cast<float, int>(panel);
        int groups = Int8Row.Groups(columns);
        for (int v = 0; v < gates.Length; v++)
        {
            for (int unit = 0; unit < units; unit++)
            {
                int row = (gates[v] * units) + unit;
                (int first, int stride) = Locate(unit, v, units, columns, gates.Length);
                int sum = 0;
                for (int k = 0; k < columns; k++)
                {
                    sbyte weight = bytes[(row * columns) + k];
                    packed[ByteAt(first, stride, k)] = weight;
                    sum += weight;
                }

                starts[first] = -sum * Int8Row.Offset;
                panel[first + ((1 + groups) * stride)] = scales[row];
                panel[first + ((2 + groups) * stride)] = bias.IsEmpty ? 0 : bias[row];
            }
        }
    }

    /// <summary>The inverse of <see cref="Pack"/>: copies the panel's gates back. Rows of other gates keep their values. Allocates nothing.</summary>
    /// <param name="panel">A panel of <see cref="Size"/> floats.</param>
    /// <param name="gates">For each of the panel's vectors the gate, 0 to G - 1, that it holds.</param>
    /// <param name="units">Units per gate.</param>
    /// <param name="columns">Length of the operand.</param>
    /// <param name="bytes">(G * units, columns), row major, gates stacked; must not overlap the panel.</param>
    /// <param name="scales">(G * units).</param>
    /// <param name="bias">(G * units), or empty when not wanted.</param>
    /// <exception cref="ArgumentException">A length does not fit, or a gate is outside 0 to G - 1.</exception>
    public static void Unpack(
        ReadOnlySpan<float> panel, ReadOnlySpan<int> gates, int units, int columns, Span<sbyte> bytes, Span<float> scales, Span<float> bias)
    {
        Check(bytes.Length, scales.Length, bias.Length, gates, units, columns, panel.Length);
        ReadOnlySpan<sbyte> packed = MemoryMarshal.Cast<float, sbyte>(panel);
        int groups = Int8Row.Groups(columns);
        for (int v = 0; v < gates.Length; v++)
        {
            for (int unit = 0; unit < units; unit++)
            {
                int row = (gates[v] * units) + unit;
                (int first, int stride) = Locate(unit, v, units, columns, gates.Length);
                for (int k = 0; k < columns; k++)
                {
                    bytes[(row * columns) + k] = packed[ByteAt(first, stride, k)];
                }

                scales[row] = panel[first + ((1 + groups) * stride)];
                if (!bias.IsEmpty)
                {
                    bias[row] = panel[first + ((2 + groups) * stride)];
                }
            }
        }
    }

    /// <summary>Index of where the sum of a unit starts, and the distance from one row of its tile to the next.</summary>
    private static (int First, int Stride) Locate(int unit, int v, int units, int columns, int vectors)
    {
        (int block, int lane) = Math.DivRem(unit, Vector<float>.Count);
        int index = (block * vectors) + v, first = 0, used = Blocks(units) * vectors, width;
        while (index >= first + (width = TileWidth(used - first)))
        {
            first += width;
        }

        return ((((first * (Int8Row.Groups(columns) + Extra)) + (index - first)) * Vector<float>.Count) + lane, width * Vector<float>.Count);
    }

    /// <summary>Blocks that hold units.</summary>
    internal static int Blocks(int units) => (units + Vector<float>.Count - 1) / Vector<float>.Count;

    /// <summary>Vectors of the next tile, where so many vectors are left.</summary>
    internal static int TileWidth(int left) => left >= TileVectors ? TileVectors : left >= 4 ? 4 : left >= 2 ? 2 : 1;

    private static int ByteAt(int first, int stride, int column) =>
        (Int8Row.GroupColumns * (first + ((1 + (column / Int8Row.GroupColumns)) * stride))) + (column % Int8Row.GroupColumns);

    private static void Check(int bytes, int scales, int bias, ReadOnlySpan<int> gates, int units, int columns, int panelLength)
    {
        int size = Size(units, columns, gates.Length);
        if (panelLength != size)
        {
            throw new ArgumentException($"The panel has {panelLength} floats; {gates.Length} vectors of {units} units and {columns} columns take {size}.");
        }

        if (scales == 0 || scales % units != 0 || bytes != (long)scales * columns || (bias != 0 && bias != scales))
        {
            throw new ArgumentException(
                $"{bytes} bytes, {scales} scales and {bias} biases; allowed are a multiple of {units} units of scales, {columns} bytes for each, and no biases or as many as scales.");
        }

        foreach (int gate in gates)
        {
            if (unchecked((uint)gate) >= (uint)(scales / units))
            {
                throw new ArgumentException($"The panel asks for gate {gate}; the weights hold gates 0 to {(scales / units) - 1}.");
            }
        }
    }
}
