using System.Numerics;

namespace Seq.Embedded.Kernels;

/// <summary>The memory order of weights that the kernels read: blocks of vector lanes, see remarks.</summary>
/// <remarks>
/// A panel belongs to one operand (x or h) of one layer and feeds V gates, its <em>vectors</em>. With L = <c>Vector&lt;float&gt;.Count</c>,
/// each block of L units holds V bias vectors, then V weight vectors per column:
/// <code>
/// panel[((block * (columns + 1) + 0)     * V + v) * L + lane] = bias  [gate v, unit block * L + lane]
/// panel[((block * (columns + 1) + 1 + k) * V + v) * L + lane] = weight[gate v, unit block * L + lane, column k]
/// </code>
/// Units are padded with zeros to a multiple of 16, so that sizes do not depend on L; the order of the floats does.
/// A panel without columns holds trained vectors that multiply nothing (peepholes, gains): they stand in the place of the biases.
/// </remarks>
public static class Panel
{
    /// <summary>Units are padded to a multiple of this: the lanes of the widest vector (512 bits).</summary>
    public const int UnitMultiple = 16;

    /// <summary>
    /// The memory order described above, together with the sum order of <see cref="PanelProduct"/>, has version 1: generated code names this constant.
    /// Whoever changes one of them renames it, so that code of an older generator does not compile, instead of reading panels wrongly.
    /// </summary>
    public const int LayoutVersion1 = 1;

    /// <summary>The number of units in memory: <paramref name="units"/> rounded up to a multiple of 16.</summary>
    /// <exception cref="OverflowException">The result exceeds <see cref="int.MaxValue"/>.</exception>
    public static int Padded(int units) => checked(units + (UnitMultiple - 1)) & ~(UnitMultiple - 1);

    /// <summary>Length of a panel in floats: <c>(columns + 1) * vectors * Padded(units)</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">units or vectors is below 1, or columns below 0.</exception>
    /// <exception cref="OverflowException">The length exceeds <see cref="int.MaxValue"/>.</exception>
    public static int Size(int units, int columns, int vectors)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(units, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        ArgumentOutOfRangeException.ThrowIfLessThan(vectors, 1);
        return checked((columns + 1) * vectors * Padded(units));
    }

    /// <summary>Fills a panel from matrices of the usual order; every float of the panel is written, the padding with zero. Allocates nothing.</summary>
    /// <param name="weight">(G * units, columns), row major, gates stacked; empty where there are no columns.</param>
    /// <param name="bias">(G * units), or empty for zero; not empty where there are no columns.</param>
    /// <param name="gates">For each of the panel's vectors the gate, 0 to G - 1, that it holds.</param>
    /// <param name="units">Units per gate.</param>
    /// <param name="columns">Length of the operand.</param>
    /// <param name="panel">Receives <see cref="Size"/> floats; must not overlap the sources.</param>
    /// <exception cref="ArgumentException">A length does not fit, or a gate is outside 0 to G - 1.</exception>
    public static void Pack(
        ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, ReadOnlySpan<int> gates, int units, int columns, Span<float> panel)
    {
        Check(weight.Length, bias.Length, gates, units, columns, panel.Length);
        panel.Clear();
        for (int v = 0; v < gates.Length; v++)
        {
            for (int unit = 0; unit < units; unit++)
            {
                int row = gates[v] * units + unit;
                (int at, int columnStride) = Locate(unit, v, columns, gates.Length);
                panel[at] = bias.IsEmpty ? 0 : bias[row];
                foreach (float value in weight.Slice(row * columns, columns))
                {
                    panel[at += columnStride] = value;
                }
            }
        }
    }

    /// <summary>The inverse of <see cref="Pack"/>: copies the panel's gates back. Rows of other gates keep their values. Allocates nothing.</summary>
    /// <param name="panel">A panel of <see cref="Size"/> floats.</param>
    /// <param name="gates">For each of the panel's vectors the gate, 0 to G - 1, that it holds.</param>
    /// <param name="units">Units per gate.</param>
    /// <param name="columns">Length of the operand.</param>
    /// <param name="weight">(G * units, columns), row major, gates stacked; must not overlap the panel.</param>
    /// <param name="bias">(G * units), or empty when not wanted.</param>
    /// <exception cref="ArgumentException">A length does not fit, or a gate is outside 0 to G - 1.</exception>
    public static void Unpack(
        ReadOnlySpan<float> panel, ReadOnlySpan<int> gates, int units, int columns, Span<float> weight, Span<float> bias)
    {
        Check(weight.Length, bias.Length, gates, units, columns, panel.Length);
        for (int v = 0; v < gates.Length; v++)
        {
            for (int unit = 0; unit < units; unit++)
            {
                int row = gates[v] * units + unit;
                (int at, int columnStride) = Locate(unit, v, columns, gates.Length);
                if (!bias.IsEmpty)
                {
                    bias[row] = panel[at];
                }

                foreach (ref float value in weight.Slice(row * columns, columns))
                {
                    value = panel[at += columnStride];
                }
            }
        }
    }

    /// <summary>Sets what stands beyond the units of every row to zero: for values that do not stay zero where weights and states are. Allocates nothing.</summary>
    /// <param name="values">(rows, Padded(units)).</param>
    /// <param name="rows">Number of rows, 0 or more.</param>
    /// <param name="units">Values of a row that stay.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer rows than that.</exception>
    public static void ClearPadding(Span<float> values, int rows, int units)
    {
        int padded = Padded(units);
        for (int row = 0; row < rows; row++)
        {
            values[((row * padded) + units)..((row + 1) * padded)].Clear();
        }
    }

    /// <summary>Index of the bias of a unit, and the distance from one column to the next.</summary>
    private static (int Bias, int ColumnStride) Locate(int unit, int v, int columns, int vectors)
    {
        (int block, int lane) = Math.DivRem(unit, Vector<float>.Count);
        return ((block * (columns + 1) * vectors + v) * Vector<float>.Count + lane, vectors * Vector<float>.Count);
    }

    private static void Check(int weightLength, int biasLength, ReadOnlySpan<int> gates, int units, int columns, int panelLength)
    {
        int size = Size(units, columns, gates.Length);
        if (panelLength != size)
        {
            throw new ArgumentException(
                $"The panel has {panelLength} floats; {gates.Length} vectors of {units} units and {columns} columns take {size}.");
        }

        int perGate = checked(units * columns);
        int gateCount = perGate == 0 ? biasLength / units : weightLength / perGate;
        if (weightLength != gateCount * perGate || gateCount == 0)
        {
            throw new ArgumentException(perGate == 0
                ? $"The weight has {weightLength} floats and the bias {biasLength}; allowed without columns: none, and a multiple of {units} units."
                : $"The weight has {weightLength} floats; allowed is a multiple of units * columns = {units} * {columns} = {perGate}.");
        }

        if (biasLength != 0 && biasLength != gateCount * units)
        {
            throw new ArgumentException(
                $"The bias has {biasLength} floats; allowed are 0 and gates * units = {gateCount} * {units} = {gateCount * units}.");
        }

        foreach (int gate in gates)
        {
            if (unchecked((uint)gate) >= (uint)gateCount)
            {
                throw new ArgumentException($"The panel asks for gate {gate}; the weight holds gates 0 to {gateCount - 1}.");
            }
        }
    }
}
