namespace Devices;

/// <summary>What a command does with the epochs of a training run: it saves the best so far and tells about each.</summary>
internal static class BestEpoch
{
    /// <summary>Trains, and returns the best epoch, which is saved.</summary>
    /// <typeparam name="T">What is reported of an epoch.</typeparam>
    /// <param name="train">Trains, and calls what it is given after each epoch.</param>
    /// <param name="save">Saves an epoch that is the best so far.</param>
    /// <param name="describe">The line that tells about an epoch.</param>
    /// <param name="path">Where to it is saved, for messages.</param>
    /// <param name="log">Receives the lines.</param>
    /// <exception cref="InputException">Training failed, or was stopped in its first epoch.</exception>
    public static T Keep<T>(Action<Action<T>> train, Action<T> save, Func<T, string> describe, string path, TextWriter log)
        where T : class, IEpoch
    {
        T? kept = null;
        try
        {
            train(report =>
            {
                if (report.Best)
                {
                    kept = report;
                    save(report);
                }

                log.WriteLine(describe(report));
                if (report.LeftOut > 0)
                {
                    log.WriteLine(LeftOutBatches.Describe(report.LeftOut));
                }
            });
        }
        catch (InputException exception) when (kept is not null)
        {
            throw new InputException($"{exception.Message}; epoch {kept.Number}, the best so far, is kept in {path}");
        }

        return kept ?? throw new InputException("stopped before the first epoch was complete; nothing is saved");
    }
}
