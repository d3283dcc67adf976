using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Seq.Embedded.Kernels;

/// <summary>
/// Normalises what stands in neighbouring slots of a row (Ba, Kiros and Hinton 2016, "Layer Normalization"): <c>y = (v - mean) / sqrt(variance + 1e-5)</c>
/// with the mean and the variance of all units of all those slots. Gain and bias are the caller's.
/// </summary>
/// <remarks>
/// Rows of slots lie as in <see cref="PanelProduct"/>: [block][slot][lane]. Only the units count; lanes beyond them stay as they are.
/// Sums run in double precision, slot by slot: unit k is added to sum k % 4, the units behind the last four to a fifth one, and the five in one order.
/// So the bits are the same at every vector width.
/// Generated code calls these methods with offsets inside buffers whose sizes the plan fixed: they check nothing. They allocate nothing.
/// NaN or infinity in a row makes all of its results NaN, and those of no other row.
/// </remarks>
public static class LayerNorm
{
    private const double Epsilon = 1e-5;
    private const int Group = 4;

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
        double count = (long)vectors * units;
        for (int row = 0; row < rows; row++)
        {
            Total sum = default, squares = default;
            for (int vector = 0; vector < vectors; vector++)
            {
                int unit = 0;
                for (; unit + Group <= units; unit += Group)
                {
                    (Vector128<double> low, Vector128<double> high) = Load(ref At(ref values, slots, firstSlot + vector, unit));
                    sum.Add(low, high);
                }

                for (; unit < units; unit++)
                {
                    sum.Add(At(ref values, slots, firstSlot + vector, unit));
                }
            }

            double mean = sum.Value / count;
            for (int vector = 0; vector < vectors; vector++)
            {
                int unit = 0;
                for (; unit + Group <= units; unit += Group)
                {
                    (Vector128<double> low, Vector128<double> high) = Load(ref At(ref values, slots, firstSlot + vector, unit));
                    low -= Vector128.Create(mean);
                    high -= Vector128.Create(mean);
                    squares.Add(low * low, high * high);
                }

                for (; unit < units; unit++)
                {
                    double difference = At(ref values, slots, firstSlot + vector, unit) - mean;
                    squares.Add(difference * difference);
                }
            }

            double scale = 1 / Math.Sqrt((squares.Value / count) + Epsilon);
            for (int vector = 0; vector < vectors; vector++)
            {
                int unit = 0;
                for (; unit + Group <= units; unit += Group)
                {
                    ref float at = ref At(ref values, slots, firstSlot + vector, unit);
                    (Vector128<double> low, Vector128<double> high) = Load(ref at);
                    Vector128.Narrow((low - Vector128.Create(mean)) * scale, (high - Vector128.Create(mean)) * scale).StoreUnsafe(ref at);
                }

                for (; unit < units; unit++)
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
        double count = (long)vectors * units;
        for (int row = 0; row < rows; row++)
        {
            Total sum = default, products = default;
            for (int vector = 0; vector < vectors; vector++)
            {
                int unit = 0;
                for (; unit + Group <= units; unit += Group)
                {
                    (Vector128<double> low, Vector128<double> high) = Load(ref At(ref values, slots, gradientSlot + vector, unit));
                    (Vector128<double> yLow, Vector128<double> yHigh) = Load(ref At(ref values, slots, firstSlot + vector, unit));
                    sum.Add(low, high);
                    products.Add(low * yLow, high * yHigh);
                }

                for (; unit < units; unit++)
                {
                    double gradient = At(ref values, slots, gradientSlot + vector, unit);
                    sum.Add(gradient);
                    products.Add(gradient * At(ref values, slots, firstSlot + vector, unit));
                }
            }

            double scale = At(ref values, slots, scaleSlot, 0), mean = sum.Value / count, product = products.Value / count;
            for (int vector = 0; vector < vectors; vector++)
            {
                int unit = 0;
                for (; unit + Group <= units; unit += Group)
                {
                    ref float at = ref At(ref values, slots, firstSlot + vector, unit);
                    (Vector128<double> low, Vector128<double> high) = Load(ref At(ref values, slots, gradientSlot + vector, unit));
                    (Vector128<double> yLow, Vector128<double> yHigh) = Load(ref at);
                    low = (low - Vector128.Create(mean) - (yLow * product)) * scale;
                    high = (high - Vector128.Create(mean) - (yHigh * product)) * scale;
                    Vector128.Narrow(low, high).StoreUnsafe(ref at);
                }

                for (; unit < units; unit++)
                {
                    ref float value = ref At(ref values, slots, firstSlot + vector, unit);
                    value = (float)((At(ref values, slots, gradientSlot + vector, unit) - mean - (value * product)) * scale);
                }
            }

            values = ref Unsafe.Add(ref values, (nint)slots * Panel.Padded(units));
        }
    }

    /// <summary>Four units as doubles: they are neighbours at every vector width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<double> Low, Vector128<double> High) Load(ref float first) => Vector128.Widen(Vector128.LoadUnsafe(ref first));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref float At(ref float values, int slots, int slot, int unit)
    {
        (int block, int lane) = Math.DivRem(unit, Vector<float>.Count);
        return ref Unsafe.Add(ref values, (((block * slots) + slot) * Vector<float>.Count) + lane);
    }

    /// <summary>Five sums that become one.</summary>
    private struct Total
    {
        private Vector128<double> _low;
        private Vector128<double> _high;
        private double _rest;

        public readonly double Value
        {
            get
            {
                Vector128<double> pairs = _low + _high;
                return (pairs.ToScalar() + pairs.GetElement(1)) + _rest;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(Vector128<double> low, Vector128<double> high)
        {
            _low += low;
            _high += high;
        }

        public void Add(double rest) => _rest += rest;
    }
}
