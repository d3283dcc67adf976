using System.Globalization;

namespace KeywordSpotter.Commands;

/// <summary>What a training run may take of the device: <c>memory=64MB,seconds=120</c>, either or both.</summary>
/// <param name="MemoryBytes">The most memory of the process; null for what the machine has.</param>
/// <param name="Time">From the start of the command to the end of training; null for as long as it takes.</param>
internal sealed record DeviceBudget(long? MemoryBytes, TimeSpan? Time)
{
    private const string Allowed = "memory=NUMBER with kB, MB or GB, seconds=NUMBER alone or with s or min up to 3000000 s, or both with a comma between them";

    private const double MostBytes = 1e15;
    private const double MostSeconds = 3_000_000; // five weeks; a timer counts no more than seven

    private static readonly (string Unit, double Factor)[] s_memoryUnits = [("kB", 1e3), ("MB", 1e6), ("GB", 1e9)];
    private static readonly (string Unit, double Factor)[] s_timeUnits = [("min", 60), ("s", 1), ("", 1)];

    public static DeviceBudget None { get; } = new(null, null);

    /// <exception cref="UsageException">A part is unknown, given twice, or no positive number with a unit, or more than there can be.</exception>
    public static DeviceBudget Parse(string text)
    {
        DeviceBudget budget = None;
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            string[] sides = part.Split('=', StringSplitOptions.TrimEntries);
            budget = (sides.Length == 2 ? sides[0] : "") switch
            {
                "memory" when budget.MemoryBytes is null => budget with { MemoryBytes = (long)Read(part, sides[1], s_memoryUnits, MostBytes) },
                "seconds" when budget.Time is null => budget with { Time = TimeSpan.FromSeconds(Read(part, sides[1], s_timeUnits, MostSeconds)) },
                "memory" or "seconds" => throw new UsageException($"--device-budget has {sides[0]} twice; allowed: {Allowed}"),
                _ => throw Wrong(part),
            };
        }

        return budget;
    }

    private static double Read(string part, string value, (string Unit, double Factor)[] units, double most)
    {
        foreach ((string unit, double factor) in units)
        {
            if (value.EndsWith(unit, StringComparison.Ordinal)
                && double.TryParse(value[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)
                && number * factor > 0 && number * factor <= most)
            {
                return number * factor;
            }
        }

        throw Wrong(part);
    }

    private static UsageException Wrong(string part) => new($"--device-budget has '{part}'; allowed: {Allowed}");
}
