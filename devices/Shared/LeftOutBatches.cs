namespace Devices;

/// <summary>The batches of a training run that made no step, as their loss or gradient was not finite.</summary>
internal sealed class LeftOutBatches
{
    /// <summary>So many in a row are no accident.</summary>
    private const int MostInARow = 10;

    private int _inARow;

    /// <summary>Number of them in this epoch.</summary>
    public int Count { get; private set; }

    /// <summary>What an epoch with such batches says of them.</summary>
    public static string Describe(int count) =>
        $"{count} {(count == 1 ? "batch was" : "batches were")} left out, as loss or gradient was not finite; the last good weights were kept";

    /// <summary>Begins an epoch; batches in a row go on counting.</summary>
    public void BeginEpoch() => Count = 0;

    /// <summary>Counts a batch.</summary>
    /// <param name="isApplied">Whether it made a step.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="learningRate">The one that was asked for.</param>
    /// <exception cref="InputException">Ten batches in a row made none.</exception>
    public void Add(bool isApplied, int epoch, double learningRate)
    {
        Count += isApplied ? 0 : 1;
        _inARow = isApplied ? 0 : _inARow + 1;
        if (_inARow == MostInARow)
        {
            throw new InputException($"training diverged in epoch {epoch}: the loss is no number; a lower --learning-rate than {learningRate} may help");
        }
    }
}
