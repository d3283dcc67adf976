namespace KeywordSpotter.Training;

/// <summary>How long the parts of a training run take on this machine, in seconds, as measured on its first batches.</summary>
/// <param name="Batch">One batch, with the preparation of its examples.</param>
/// <param name="Validation">Listening to what is held back, after each epoch.</param>
/// <param name="Search">A search for hard negatives.</param>
internal readonly record struct TrainingPace(double Batch, double Validation, double Search)
{
    /// <summary>Part of a time that is planned for: batches take longer while something else runs.</summary>
    private const double Reliance = 0.9;

    /// <summary>Seconds of so many epochs.</summary>
    public double Of(int epochs, TrainingOptions options)
    {
        int searches = options.MineEvery > 0 ? (epochs - 1) / options.MineEvery : 0;
        return (epochs * ((options.Steps * Batch) + Validation)) + (searches * Search);
    }

    /// <summary>The most epochs of the options that fit into a time; 0 where not one does.</summary>
    public int EpochsIn(TimeSpan time, TrainingOptions options)
    {
        int fit = 0, more = options.Epochs;
        while (fit < more)
        {
            int middle = fit + ((more - fit + 1) / 2);
            (fit, more) = Of(middle, options) <= Reliance * time.TotalSeconds ? (middle, more) : (fit, middle - 1);
        }

        return fit;
    }

    /// <summary>Seconds in which one epoch fits.</summary>
    public double SecondsForOne(TrainingOptions options) => Of(1, options) / Reliance;
}
