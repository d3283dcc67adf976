using System.Globalization;

namespace KeywordSpotter.Calibration;

/// <summary>Whether what was chosen in a room may take the place of the settings before.</summary>
internal static class CalibrationCheck
{
    /// <summary>False accepts at the target that the hours must have room for: with less the thresholds are as high as the guess about the tail of the scores is wide.</summary>
    private const double LeastExpected = 0.05;

    /// <summary>Part of a keyword's clips that may be missed in addition; one may in any case.</summary>
    private const double MostLost = 0.2;

    /// <summary>The fewest hours of a room from which thresholds for a rate of false accepts per hour can be told.</summary>
    public static double LeastHours(double target) => LeastExpected / target;

    /// <summary>Why not, or null where it may.</summary>
    public static string? Refuse(CalibrationResult result, IReadOnlyList<string> keywords)
    {
        if (result.Hours < LeastHours(result.Target))
        {
            return Text($"{result.Hours:0.00##} hours of room are too few for {result.Target} false accepts per hour; allowed: {LeastHours(result.Target):0.0##} hours or more, or a target of {LeastExpected / result.Hours:0.0##} or more");
        }

        for (int i = 0; i < keywords.Count; i++)
        {
            if (result.After.Settings.Thresholds[i] >= Calibrator.HighestThreshold)
            {
                return Text($"{keywords[i]}: would need the highest threshold, {Calibrator.HighestThreshold}, and hardly ever be found; a higher target, or a room without the keyword in it, may help");
            }

            int clips = result.After.Tally.Clips[i], before = clips - result.Before.Tally.Detected[i], after = clips - result.After.Tally.Detected[i];
            if (after - before > Math.Max(1, MostLost * clips))
            {
                return Text($"{keywords[i]}: {after} of {clips} clips would be missed in place of {before}; more hours of room, or a higher target, may help");
            }
        }

        return null;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
