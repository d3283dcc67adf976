namespace KeywordSpotter.Evaluation;

/// <summary>
/// The moments at which the score of a keyword is highest: local maxima, of which those that lie nearer to a higher one than the refractory time are left out.
/// So many of them as reach a threshold, a detector with that threshold reports, nearly: once found, they answer for every threshold.
/// </summary>
internal static class ScorePeaks
{
    /// <summary>Scores nearer than this to 0 and 1 are not told apart: a posterior of 1 stands for a large one.</summary>
    private const double Nearest = 1e-6;

    /// <summary>Finds the peaks of one keyword, the highest first.</summary>
    /// <param name="scores">Smoothed, (steps, outputs).</param>
    /// <param name="outputs">Outputs of the model.</param>
    /// <param name="keyword">Index of the keyword.</param>
    /// <param name="firstStep">The first step that counts.</param>
    /// <param name="gapSteps">Peaks are at least so many steps apart.</param>
    /// <param name="least">Lower scores are no peaks.</param>
    public static List<(float Score, int Step)> Find(ReadOnlySpan<float> scores, int outputs, int keyword, int firstStep, int gapSteps, float least)
    {
        int steps = scores.Length / outputs;
        var maxima = new List<(float Score, int Step)>();
        for (int step = firstStep; step < steps; step++)
        {
            float score = scores[(step * outputs) + 1 + keyword];
            if (score >= least
                && (step == firstStep || score > scores[((step - 1) * outputs) + 1 + keyword])
                && (step == steps - 1 || score >= scores[((step + 1) * outputs) + 1 + keyword]))
            {
                maxima.Add((score, step));
            }
        }

        maxima.Sort((one, other) => one.Score != other.Score ? other.Score.CompareTo(one.Score) : one.Step.CompareTo(other.Step));
        var near = new bool[steps];
        var peaks = new List<(float Score, int Step)>();
        foreach ((float score, int step) in maxima)
        {
            if (!near[step])
            {
                peaks.Add((score, step));
                int from = Math.Max(0, step - gapSteps + 1);
                near.AsSpan(from, Math.Min(steps, step + gapSteps) - from).Fill(true);
            }
        }

        return peaks;
    }

    /// <summary>The highest score of one keyword; 0 without steps.</summary>
    public static float Highest(ReadOnlySpan<float> scores, int outputs, int keyword, int firstStep)
    {
        float highest = 0;
        for (int at = (firstStep * outputs) + 1 + keyword; at < scores.Length; at += outputs)
        {
            highest = Math.Max(highest, scores[at]);
        }

        return highest;
    }

    /// <summary>ln(p / (1 - p)): the scale on which scores near 0 and near 1 are told apart.</summary>
    public static double LogOdds(double score)
    {
        double inside = Math.Clamp(score, Nearest, 1 - Nearest);
        return Math.Log(inside / (1 - inside));
    }

    /// <summary>The score of log-odds.</summary>
    public static double FromLogOdds(double logOdds) => 1 / (1 + Math.Exp(-logOdds));
}
