using System.Globalization;

namespace KeywordSpotter.Reports;

/// <summary>An axis of a plot: its range, its scale and its ticks.</summary>
internal sealed class PlotAxis
{
    private const int MostTicks = 6;
    private const double Closest = 0.11; // ticks of a scale that is not linear, as part of the axis

    private readonly double _low;
    private readonly double _high;
    private readonly PlotScale _scale;

    private PlotAxis(double low, double high, PlotScale scale, IReadOnlyList<double> ticks)
    {
        _low = low;
        _high = high;
        _scale = scale;
        Ticks = ticks;
    }

    /// <summary>Values with a line and a number.</summary>
    public IReadOnlyList<double> Ticks { get; }

    /// <summary>An axis on which all of the values have a place.</summary>
    /// <param name="values">Those that are not finite are left out.</param>
    /// <param name="scale">How values become places.</param>
    /// <param name="whole">Whether ticks stand at whole numbers only.</param>
    /// <param name="fromZero">Whether the axis begins at 0, or below where a value does.</param>
    public static PlotAxis Of(IEnumerable<double> values, PlotScale scale, bool whole, bool fromZero)
    {
        double low = fromZero || scale == PlotScale.SquareRoot ? 0 : double.PositiveInfinity;
        double high = double.NegativeInfinity;
        foreach (double value in values)
        {
            if (double.IsFinite(value))
            {
                low = Math.Min(low, value);
                high = Math.Max(high, value);
            }
        }

        if (scale == PlotScale.Logarithmic)
        {
            return Logarithmic(values);
        }

        low = double.IsFinite(low) ? low : 0;
        high = Math.Max(high, low);
        if (scale == PlotScale.SquareRoot)
        {
            high = high > 0 ? high : 1;
            return new PlotAxis(0, high, scale, RootTicks(high));
        }

        if (high == low)
        {
            high = low + (whole ? 1 : Math.Max(Math.Abs(low) * 0.1, 1e-6));
        }

        double step = Step((high - low) / MostTicks, whole);
        var ticks = new List<double>();
        if (!whole)
        {
            // Room up to the next tick on both sides; an axis of whole numbers ends where its values do.
            low = Math.Floor((low / step) + 1e-9) * step;
            high = Math.Ceiling((high / step) - 1e-9) * step;
        }

        for (double at = Math.Ceiling((low / step) - 1e-9); at * step <= high + (step * 1e-9); at++)
        {
            ticks.Add(at * step);
        }

        return new PlotAxis(low, high, scale, ticks);
    }

    /// <summary>The place of a value, 0 at the low end of the axis and 1 at the high one.</summary>
    public double Place(double value) => _scale switch
    {
        PlotScale.SquareRoot => Math.Sqrt(Math.Max(0, value) / _high),
        PlotScale.Logarithmic => Math.Log(Math.Max(value, _low) / _low) / Math.Log(_high / _low),
        _ => (value - _low) / (_high - _low),
    };

    /// <summary>A tick's number, as short as it can be.</summary>
    public static string Label(double tick)
    {
        double rounded = Math.Round(tick, 10) + 0.0; // no minus before 0
        return Math.Abs(rounded) is > 0 and < 1e-3
            ? tick.ToString("0.##E0", CultureInfo.InvariantCulture).Replace("E", "e", StringComparison.Ordinal)
            : rounded.ToString("#,0.####", CultureInfo.InvariantCulture);
    }

    /// <summary>1, 2 or 5 times a power of ten, not below <paramref name="least"/>.</summary>
    private static double Step(double least, bool whole)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(least)));
        double part = least / power;
        double step = (part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10) * power;
        return whole ? Math.Max(1, step) : step;
    }

    /// <summary>From half of the lowest value that has a logarithm, if there are others, to the highest; at least a factor of ten.</summary>
    private static PlotAxis Logarithmic(IEnumerable<double> values)
    {
        double[] finite = [.. values.Where(double.IsFinite)];
        double[] positive = Array.FindAll(finite, value => value > 0);
        double low = positive.Length > 0 ? positive.Min() : 1;
        double high = Math.Max(positive.Length > 0 ? positive.Max() : 1, low * 10);
        bool hasZero = finite.Length > positive.Length;
        low /= hasZero ? 2 : 1;
        List<double> ticks = hasZero ? [0] : [];
        double last = hasZero ? 0 : double.NegativeInfinity;
        for (int power = (int)Math.Floor(Math.Log10(low)); power <= Math.Log10(high); power++)
        {
            // A step of a decade where there are many, else 1, 2 and 5.
            foreach (int digit in high / low > 2e4 ? (ReadOnlySpan<int>)[1] : [1, 2, 5])
            {
                double tick = digit * Math.Pow(10, power);
                double place = Math.Log(tick / low) / Math.Log(high / low);
                if (place >= -1e-9 && place <= 1 + 1e-9 && place - last >= Closest)
                {
                    ticks.Add(tick);
                    last = place;
                }
            }
        }

        return new PlotAxis(low, high, PlotScale.Logarithmic, ticks);
    }

    /// <summary>From the highest down, 1, 2 and 5 times powers of ten with room between them, and 0.</summary>
    private static List<double> RootTicks(double high)
    {
        var ticks = new List<double>();
        double last = double.PositiveInfinity;
        for (int power = (int)Math.Floor(Math.Log10(high)); power > -12 && last > Closest; power--)
        {
            foreach (int digit in (ReadOnlySpan<int>)[5, 2, 1])
            {
                double tick = digit * Math.Pow(10, power);
                double place = Math.Sqrt(tick / high);
                if (place <= 1 + 1e-9 && last - place >= Closest && place >= Closest)
                {
                    ticks.Add(tick);
                    last = place;
                }
            }
        }

        ticks.Add(0);
        ticks.Reverse();
        return ticks;
    }
}
