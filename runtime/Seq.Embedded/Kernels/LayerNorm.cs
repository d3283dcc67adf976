using System.Numerics;
using System.Runtime.CompilerServices;

namespace Seq.Embedded.Kernels;

/// <summary>
/// Normalises what stands in neighbouring slots of a row (Ba, Kiros and Hinton 2016, "Layer Normalization"): <c>y = (v - mean) / sqrt(variance + 1e-5)</c>
/// with the mean and the variance of all units of all those slots. Gain and bias are the caller's.
/// </summary>
/// <remarks>
/// Rows of slots lie as in <see cref="PanelProduct"/>: [block][slot][lane]. Only the units count; lanes beyond them stay as they are.
/// Sums run in double precision, slot by slot from the first unit to the last: the same bits at every vector width.
/// Generated code calls these methods with offsets inside buffers whose sizes the plan fixed: they check nothing. They allocate nothing.
/// NaN or infinity in a row makes all of its results NaN, and those of no other row.
/// </remarks>
public static class LayerNorm
{
    private const double Epsilon = 1e-5;

    /// <summary>Replaces the values of each row by the normalised ones, and stores s = 1 / sqrt(variance + 1e-5).</summary>
    /// <param name="values">The first row.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="slots">Slots of a row.</param>
    /// <param name="firstSlot">The first of the slots that are normalised together.</param>
    /// <param name="vectors">Their number.</param>
    /// <param name="scaleSlot">The slot whose first float receives s.</param>
    /// <param name="units">Units of the layer.</param>
    public static void Normalize(ref float values, int rows, int slots, int firstSlot, int vectors, int scaleSlot, int units)
    {
        for (int row = 0; row < rows; row++)
        {
            double sum = 0;
            for (int vector = 0; vector < vectors; vector++)
            {
                for (int unit = 0; unit < units; unit++)
                {
                    sum += At(ref values, slots, firstSlot + vector, unit);
                }
            }

            double mean = sum / ((long)vectors * units), squares = 0;
            for (int vector = 0; vector < vectors; vector++)
            {
                for (int unit = 0; unit < units; unit++)
                {
                    double difference = At(ref values, slots, firstSlot + vector, unit) - mean;
                    squares += difference * difference;
                }
            }

            double scale = 1 / Math.Sqrt((squares / ((long)vectors * units)) + Epsilon);
            for (int vector = 0; vector < vectors; vector++)
            {
                for (int unit = 0; unit < units; unit++)
                {
                    ref float value = ref At(ref values, slots, firstSlot + vector, unit);
                    value = (float)((value - mean) * scale);
                }
            }

            At(ref values, slots, scaleSlot, 0) = (float)scale;
            values = ref Unsafe.Add(ref values, (nint)slots * Panel.Padded(units));
        }
    }

    /// <summary>
    /// From y, s and the gradient dy of each row the gradient of the values before <see cref="Normalize"/>:
    /// <c>dv = s * (dy - mean(dy) - y * mean(dy * y))</c>; it replaces y.
    /// </summary>
    /// <param name="values">The first row.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="slots">Slots of a row.</param>
    /// <param name="firstSlot">The first slot of y; receives dv.</param>
    /// <param name="vectors">Number of slots normalised together.</param>
    /// <param name="scaleSlot">The slot whose first float holds s.</param>
    /// <param name="units">Units of the layer.</param>
    /// <param name="gradientSlot">The first slot of dy.</param>
    public static void Gradient(ref float values, int rows, int slots, int firstSlot, int vectors, int scaleSlot, int units, int gradientSlot)
    {
        for (int row = 0; row < rows; row++)
        {
            double sum = 0, products = 0;
            for (int vector = 0; vector < vectors; vector++)
            {
                for (int unit = 0; unit < units; unit++)
                {
                    double gradient = At(ref values, slots, gradientSlot + vector, unit);
                    sum += gradient;
                    products += gradient * At(ref values, slots, firstSlot + vector, unit);
                }
            }

            double scale = At(ref values, slots, scaleSlot, 0), count = (long)vectors * units;
            for (int vector = 0; vector < vectors; vector++)
            {
                for (int unit = 0; unit < units; unit++)
                {
                    ref float value = ref At(ref values, slots, firstSlot + vector, unit);
                    value = (float)(scale * (At(ref values, slots, gradientSlot + vector, unit) - (sum / count) - (value * products / count)));
                }
            }

            values = ref Unsafe.Add(ref values, (nint)slots * Panel.Padded(units));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref float At(ref float values, int slots, int slot, int unit)
    {
        (int block, int lane) = Math.DivRem(unit, Vector<float>.Count);
        return ref Unsafe.Add(ref values, (((block * slots) + slot) * Vector<float>.Count) + lane);
    }
}
