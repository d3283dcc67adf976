using System.Globalization;

namespace Seq.Embedded.Training;

/// <summary>Follows a validation figure and says when it has stopped improving.</summary>
/// <remarks>
/// After each validation call <see cref="Add"/> with the figure: keep the weights of that moment when it returns true, and end the
/// training when <see cref="ShouldStop"/> is. A figure improves when it is better than the best so far by more than the least improvement;
/// one that is not a number never does. Source: Prechelt, "Early Stopping - But When?" (1998), the criterion UP, as in Keras.
/// </remarks>
public sealed class EarlyStopping
{
    private readonly double _leastImprovement;

    /// <summary>Begins with no figure.</summary>
    /// <param name="patience">Figures in a row without an improvement after which training should stop; at least 1.</param>
    /// <param name="leastImprovement">By how much a figure must be better to count; 0 or more, and finite.</param>
    /// <param name="higherIsBetter">False for a loss, true for an accuracy.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value lies outside its range.</exception>
    public EarlyStopping(int patience, double leastImprovement = 0, bool higherIsBetter = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(patience, 1);
        if (!(leastImprovement >= 0 && double.IsFinite(leastImprovement)))
        {
            throw new ArgumentOutOfRangeException(nameof(leastImprovement), leastImprovement, "The least improvement must be 0 or more, and finite.");
        }

        Patience = patience;
        HigherIsBetter = higherIsBetter;
        _leastImprovement = leastImprovement;
        Best = Worst;
    }

    /// <summary>Figures in a row without an improvement after which training should stop.</summary>
    public int Patience { get; }

    /// <summary>False for a loss, true for an accuracy.</summary>
    public bool HigherIsBetter { get; }

    /// <summary>Number of figures so far.</summary>
    public int Count { get; private set; }

    /// <summary>The best figure; infinite, on the bad side, before the first one.</summary>
    public double Best { get; private set; }

    /// <summary>Number of the best figure, from 0; -1 before the first one.</summary>
    public int BestIndex { get; private set; } = -1;

    /// <summary>Figures since the best one.</summary>
    public int SinceBest => Count - 1 - BestIndex;

    /// <summary>True when <see cref="Patience"/> figures in a row have brought no improvement.</summary>
    public bool ShouldStop => SinceBest >= Patience;

    private double Worst => HigherIsBetter ? double.NegativeInfinity : double.PositiveInfinity;

    /// <summary>Takes the next figure. Allocates nothing.</summary>
    /// <param name="figure">The figure; NaN is no improvement.</param>
    /// <returns>True when it is the best so far.</returns>
    public bool Add(double figure)
    {
        bool improves = HigherIsBetter ? figure > Best + _leastImprovement : figure < Best - _leastImprovement;
        if (improves)
        {
            Best = figure;
            BestIndex = Count;
        }

        Count++;
        return improves;
    }

    /// <summary>What has been seen so far as a text, for a checkpoint.</summary>
    /// <returns>Count, number of the best figure and the figure itself, which comes back with the same bits.</returns>
    public string SaveState() => string.Create(CultureInfo.InvariantCulture, $"{Count} {BestIndex} {Best:R}");

    /// <summary>Goes on from what <see cref="SaveState"/> gave.</summary>
    /// <param name="state">The text.</param>
    /// <exception cref="FormatException">The text is none of <see cref="SaveState"/>; nothing has changed.</exception>
    public void RestoreState(string state)
    {
        ArgumentNullException.ThrowIfNull(state);
        string[] parts = state.Split(' ');
        if (parts.Length != 3
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            || !int.TryParse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int bestIndex)
            || !double.TryParse(parts[2], NumberStyles.Float, CultureInfo.InvariantCulture, out double best)
            || bestIndex < -1 || bestIndex >= count || double.IsNaN(best) || (bestIndex < 0 && !best.Equals(Worst)))
        {
            throw new FormatException($"The state of early stopping is '{state}'; allowed: a count, the number of the best figure (-1 to count - 1) and the figure.");
        }

        Count = count;
        BestIndex = bestIndex;
        Best = best;
    }
}
