using System.Globalization;

namespace KeywordSpotter.Commands;

/// <summary>A number of bytes as people write it: <c>50MB</c>.</summary>
internal static class ByteSize
{
    private const double Most = 1e15;

    private static readonly (string Unit, double Factor)[] s_units = [("kB", 1e3), ("MB", 1e6), ("GB", 1e9)];

    /// <summary>Reads the value of an option.</summary>
    /// <exception cref="UsageException">It is no number with a unit, or too small or large.</exception>
    public static long Parse(string option, string text, long least)
    {
        foreach ((string unit, double factor) in s_units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal)
                && double.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)
                && number * factor >= least && number * factor <= Most)
            {
                return (long)(number * factor);
            }
        }

        throw new UsageException($"{option} is '{text}'; allowed: a number with kB, MB or GB, at least {least / 1000}kB");
    }
}
