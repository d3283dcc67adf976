using System.Globalization;
using Seq.Embedded.Training;

namespace KeywordSpotter.Training;

/// <summary>The loss of an epoch: the mean over its batches without those that were left out because their loss or gradient was not finite.</summary>
/// <param name="learningRate">For the message when too many are left out.</param>
internal sealed class EpochLoss(double learningRate)
{
    private const int MostInRow = 10;

    private double _sum;
    private int _applied;
    private int _inRow;

    /// <summary>Batches that were left out: the trainer kept the last good weights.</summary>
    public int LeftOut { get; private set; }

    /// <summary>Counts a batch.</summary>
    /// <param name="loss">Its loss.</param>
    /// <param name="update">What the trainer made of it.</param>
    /// <exception cref="InputException">So many in a row were left out that training goes nowhere.</exception>
    public void Add(double loss, UpdateResult update)
    {
        if (update.Applied && double.IsFinite(loss))
        {
            _sum += loss;
            _applied++;
            _inRow = 0;
            return;
        }

        LeftOut++;
        if (++_inRow == MostInRow)
        {
            throw Diverged($"{MostInRow} batches in a row");
        }
    }

    /// <summary>The mean.</summary>
    /// <exception cref="InputException">All batches were left out.</exception>
    public double GetMean() => _applied > 0 ? _sum / _applied : throw Diverged("all batches");

    /// <summary>What was left out, in a line; null for nothing.</summary>
    public string? Describe() => LeftOut == 0
        ? null
        : $"left out {LeftOut} of {LeftOut + _applied} batches, whose loss or gradient was not finite; the last good weights were kept";

    private InputException Diverged(string batches) =>
        new($"training diverged: the loss or gradient of {batches} is no number; a lower --learning-rate than {learningRate.ToString(CultureInfo.InvariantCulture)} may help");
}
