using System.Globalization;

namespace KeywordSpotter.Tuning;

/// <summary>Whether a tuned model may take the place of the one before.</summary>
internal static class TuningCheck
{
    /// <summary>The most of the replayed keywords that may be missed in addition; one may in any case.</summary>
    private const double MostForgotten = 0.05;

    /// <summary>Clips of a new keyword that must be found, by models that have not heard them: one that misses half of what it was made of helps nobody.</summary>
    private const double LeastFound = 0.5;

    /// <summary>How often more than asked for a keyword may be expected to be reported without being said.</summary>
    private const double MostOverTarget = 2;

    /// <summary>Why not, or null where it may.</summary>
    /// <param name="tuned">The model.</param>
    /// <param name="keywords">Of the clips.</param>
    /// <param name="added">Those of them that are new.</param>
    /// <param name="target">False accepts per hour that were asked for.</param>
    public static string? Refuse(TunedModel tuned, IReadOnlyList<string> keywords, IReadOnlyList<string> added, double target)
    {
        (TuningResult before, TuningResult after) = (tuned.Before, tuned.After);
        int forgotten = before.Replayed.Detected.Sum() - after.Replayed.Detected.Sum();
        if (forgotten > Math.Max(1, MostForgotten * after.Replayed.Clips.Sum()))
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"too many of the old keywords would be missed, {100 * after.Replayed.MissRate:0.0} % in place of {100 * before.Replayed.MissRate:0.0} %");
        }

        string[] all = [.. tuned.Model.Keywords];
        for (int i = 0; i < keywords.Count; i++)
        {
            int number = Array.IndexOf(all, keywords[i]);
            int clips = after.Own.Clips[number];
            int found = after.Own.Detected[number];
            if (added.Contains(keywords[i]) && found < LeastFound * clips)
            {
                return $"{keywords[i]}: only {found} of {clips} clips would be found; more clips, or more alike, may help";
            }

            if (!added.Contains(keywords[i]) && found < before.Own.Detected[number])
            {
                return $"{keywords[i]}: {found} of {clips} clips would be found in place of {before.Own.Detected[number]}";
            }

            if (tuned.Rates[i] > MostOverTarget * target)
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{keywords[i]}: would be reported {tuned.Rates[i]:0.0} times an hour without being said; allowed: {target} (more clips, or --background, may help)");
            }
        }

        int allowed = before.FalseAccepts + 1 + (int)Math.Ceiling(MostOverTarget * target * keywords.Count * after.Hours);
        return after.FalseAccepts > allowed ? $"{after.FalseAccepts} false accepts in place of {before.FalseAccepts}" : null;
    }
}
