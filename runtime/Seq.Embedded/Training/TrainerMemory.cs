using System.Globalization;
using System.Numerics;

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
    /// <exception cref="ArgumentOutOfRangeException">A buffer is longer than the longest array.</exception>
    internal static long GetBytes(TrainerPlan plan)
    {
        long bytes = GetBytes(plan, out long longest);
        if (longest <= MaxValues)
        {
            return bytes;
        }

        TrainerOptions options = plan.Options;
        throw new ArgumentOutOfRangeException(
            nameof(options), longest,
            $"MaxBatch {options.MaxBatch} and MaxSteps {options.MaxSteps} need a buffer of {longest} floats; allowed: up to {MaxValues}. "
            + GetRemedy(plan, options.MaxMemoryBytes > 0 ? options.MaxMemoryBytes : long.MaxValue));
    }

    /// <param name="plan">Its sizes.</param>
    /// <param name="longest">Receives the floats of the longest buffer.</param>
    private static long GetBytes(TrainerPlan plan, out long longest)
    {
        TrainerOptions options = plan.Options;
        TrainerLayout layout = plan.Layout;
        long maxBatch = options.MaxBatch, outputRows = maxBatch * layout.GetMaxSteps(layout.OutputAxis, options);
        longest = 0;
        long batch = Buffer(maxBatch * layout.GetMaxTargetSteps(options), ref longest)
            + Buffer(maxBatch * layout.GetMaxSteps(plan.Cut.Axis, options) * plan.Cut.Width, ref longest)
            + Buffer(maxBatch * layout.StateSize, ref longest)
            + (2 * Buffer(outputRows * layout.OutputSize, ref longest));
        long shard = plan.TrainedWeights + GetShardFloats(plan, isFrozenPart: false, ref longest);
        long frozenPart = plan.HasFrozenPart ? GetShardFloats(plan, isFrozenPart: true, ref longest) : 0;
        long ctc = options.MaxLabels == 0 ? 0 : CtcWorkspace.GetBytes(options.MaxSteps, options.MaxLabels, layout.OutputSize);

        // Of what is trained: the sum of the gradients, the last good weights, moments and average, each with a copy.
        long perTrained = 2L * (1 + options.Optimizer.Moments + (options.AverageDecay > 0 ? 1 : 0));
        return ctc + (sizeof(float)
            * (plan.Weights + (perTrained * plan.TrainedWeights) + layout.TransposedPanels.Where(plan.Transposes).Sum(panel => (long)panel.Size)
                + batch + frozenPart + (GetShards(options.MaxBatch) * shard)));
    }

    /// <summary>The bytes of a trainer that this machine and the options allow.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They do not, or a buffer is longer than the longest array.</exception>
    internal static long CheckedBytes(TrainerPlan plan)
    {
        long bytes = GetBytes(plan);
        Check(plan, bytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        return bytes;
    }

    /// <exception cref="ArgumentOutOfRangeException">The trainer needs more bytes than are available, or than the options allow.</exception>
    internal static void Check(TrainerPlan plan, long bytes, long available)
    {
        TrainerOptions options = plan.Options;
        bool isLimited = options.MaxMemoryBytes > 0 && options.MaxMemoryBytes < available;
        long allowed = isLimited ? options.MaxMemoryBytes : available;
        if (bytes > allowed)
        {
            int shards = GetShards(options.MaxBatch);
            string gradients = shards == 1 ? "1 gradient" : string.Create(CultureInfo.InvariantCulture, $"{shards} gradients");
            throw new ArgumentOutOfRangeException(
                nameof(options), bytes,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"MaxBatch {options.MaxBatch} and MaxSteps {options.MaxSteps} need {bytes} bytes, {(long)shards * plan.TrainedWeights * sizeof(float)} of them for {gradients} "
                    + $"of {plan.TrainedWeights} weights (one per {SequencesPerShard} sequences); allowed: {(isLimited ? $"{allowed} (MaxMemoryBytes)" : $"the {allowed} bytes of this machine")}. "
                    + $"{GetRemedy(plan, allowed)}"));
        }
    }

    /// <summary>What makes a trainer take less, as a sentence.</summary>
    private static string GetRemedy(TrainerPlan plan, long allowed)
    {
        bool canFreezeMore = plan.FirstTrained < plan.Layout.LayerNames.Count - 1;
        return $"Lower MaxBatch or MaxSteps{WithCheckpoints(plan, allowed)}{(canFreezeMore ? $", or freeze the lowest layers ({nameof(TrainerOptions.FrozenLayers)})" : "")}.";
    }

    /// <summary>The largest number of steps, a power of two, with checkpoints after which the trainer would fit, as a part of a sentence; empty where there is none.</summary>
    private static string WithCheckpoints(TrainerPlan plan, long allowed)
    {
        TrainerOptions options = plan.Options;
        if (plan.Layout.WholeSequenceLayer is not null || plan.Cut.Axis < 0)
        {
            return "";
        }

        int most = options.ActivationCheckpointSteps == 0 ? options.MaxSteps : options.ActivationCheckpointSteps;
        for (long steps = BitOperations.RoundUpToPowerOf2((uint)most) / 2; steps > 0; steps /= 2)
        {
            TrainerPlan smaller = new(plan.Layout, options with { ActivationCheckpointSteps = (int)steps }, plan.Weights);
            long bytes = GetBytes(smaller, out long longest);
            if (bytes <= allowed && longest <= MaxValues)
            {
                return string.Create(CultureInfo.InvariantCulture, $", or set {nameof(TrainerOptions.ActivationCheckpointSteps)} to {steps}, which needs {bytes} bytes");
            }
        }

        return "";
    }

    /// <summary>Floats of a shard but for its gradients: inputs, tokens of targets, tables of rows, regions, and states between chunks.</summary>
    private static long GetShardFloats(TrainerPlan plan, bool isFrozenPart, ref long longest)
    {
        TrainerLayout layout = plan.Layout;
        long sequences = plan.GetSequences(isFrozenPart);
        long floats = isFrozenPart ? 0 : sequences * layout.GetMaxTargetSteps(plan.Options);
        if (isFrozenPart || !plan.HasFrozenPart)
        {
            floats += Buffer(sequences * plan.GetSteps(0, isFrozenPart) * layout.InputWidth, ref longest);
        }

        for (int axis = 0; axis < layout.Axes.Count; axis++)
        {
            floats += plan.HasRows(axis, isFrozenPart) ? PackedRows.GetValues((int)sequences, plan.GetSteps(axis, isFrozenPart)) : 0;
        }

        for (int i = 0; i < layout.Regions.Count; i++)
        {
            floats += Buffer(plan.GetRegionFloats(i, isFrozenPart), ref longest);
        }

        return floats + (isFrozenPart ? 0 : Buffer(plan.GetKeptFloats(), ref longest));
    }

    private static long Buffer(long values, ref long longest)
    {
        longest = Math.Max(longest, values);
        return values;
    }
}
