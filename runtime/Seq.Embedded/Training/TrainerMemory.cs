using System.Globalization;

namespace Seq.Embedded.Training;

/// <summary>How a batch is cut into shards, and what a trainer of it takes.</summary>
internal static class TrainerMemory
{
    /// <summary>
    /// The most sequences of a shard. Fixed, as the order in which gradients are summed follows from it; a multiple of the rows that products take at once.
    /// A step of 64 sequences of 98 frames of the keyword model takes the same time with 4, 8, 12 and 16; with 8, smaller batches have work for two threads.
    /// </summary>
    private const int SequencesPerShard = 8;

    /// <summary>The most floats of a buffer: the longest array, less room for its alignment.</summary>
    private const int MaxValues = 0x7FFF0000;

    /// <summary>The fewest shards that hold so many sequences.</summary>
    internal static int GetShards(int sequences) => (sequences + SequencesPerShard - 1) / SequencesPerShard;

    internal static int GetSequencesPerShard(int maxBatch) => Math.Min(SequencesPerShard, maxBatch);

    /// <summary>See <see cref="TrainerLayout.GetMemoryBytes"/>.</summary>
    internal static long GetBytes(TrainerOptions options, TrainerLayout layout, int weights)
    {
        long rows = CheckBuffer(options, (long)options.MaxBatch * layout.GetMaxInputSteps(options)), targets = CheckBuffer(options, (long)options.MaxBatch * layout.GetMaxTargetSteps(options));
        long outputRows = (long)options.MaxBatch * layout.GetMaxSteps(layout.OutputAxis, options);
        long batch = targets + CheckBuffer(options, rows * layout.InputWidth) + CheckBuffer(options, (long)options.MaxBatch * layout.StateSize) + (2 * CheckBuffer(options, outputRows * layout.OutputSize));

        long sequences = GetSequencesPerShard(options.MaxBatch);
        long shard = weights + (sequences * layout.GetMaxTargetSteps(options)) + CheckBuffer(options, sequences * layout.GetMaxInputSteps(options) * layout.InputWidth);
        foreach (RegionSize region in layout.Regions)
        {
            shard += CheckBuffer(options, sequences * (((long)layout.GetMaxSteps(region.Axis, options) * region.PerRow) + region.PerSequence));
        }

        long ctc = options.MaxLabels == 0 ? 0 : CtcWorkspace.GetBytes(options.MaxSteps, options.MaxLabels, layout.OutputSize);

        // Weights, moments and average, each with a copy, and the sum of the gradients.
        long perWeight = (2L * (1 + options.Optimizer.Moments + (options.AverageDecay > 0 ? 1 : 0))) + 1;
        return ctc + (sizeof(float) * ((perWeight * weights) + layout.TransposedPanels.Sum(panel => (long)panel.Size) + batch + (GetShards(options.MaxBatch) * shard)));
    }

    /// <exception cref="ArgumentOutOfRangeException">The trainer needs more bytes than are available.</exception>
    internal static void Check(TrainerOptions options, long bytes, int weights, long available)
    {
        if (bytes > available)
        {
            int shards = GetShards(options.MaxBatch);
            throw new ArgumentOutOfRangeException(
                nameof(options), bytes,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"MaxBatch {options.MaxBatch} and MaxSteps {options.MaxSteps} need {bytes} bytes, {(long)shards * weights * sizeof(float)} of them for {shards} "
                    + $"gradients of {weights} weights (one per {SequencesPerShard} sequences); allowed: the {available} bytes of this machine. "
                    + $"Lower MaxBatch or MaxSteps."));
        }
    }

    private static long CheckBuffer(TrainerOptions options, long values) =>
        values <= MaxValues
            ? values
            : throw new ArgumentOutOfRangeException(
                nameof(options), values,
                $"MaxBatch {options.MaxBatch} and MaxSteps {options.MaxSteps} need a buffer of {values} floats; allowed: up to {MaxValues}. "
                + "Lower MaxBatch or MaxSteps.");
}
