using System.Globalization;
using System.Runtime.CompilerServices;
using KeywordSpotter.Training;

namespace KeywordSpotter.Commands;

/// <summary>What a training run takes of the memory, and how it is kept below a maximum without another result.</summary>
internal static class MemoryPlan
{
    /// <summary>What the threads that prepare examples and listen take, each.</summary>
    private const long BytesPerThread = 2_000_000;

    // Measured, as what the process held at most beyond the rest of the sum, with 5 and 28 MB of audio and batches of 8 and 32: 18 and 37 MB, 59 MB with the search.
    // The native program, without the first of these: 21 MB with 28 MB of audio.
    private const long BytesOfCompiledCode = 16_000_000;
    private const long BytesOfSearch = 24_000_000;

    private const int LeastExamplesAhead = 4; // per thread

    /// <summary>The options, with fewer examples prepared ahead where they would not fit otherwise. Says what is going to be taken.</summary>
    /// <param name="options">The recipe.</param>
    /// <param name="keywords">How many keywords there are.</param>
    /// <param name="audio">The audio, which is held in memory.</param>
    /// <param name="program">Bytes that the process has taken already.</param>
    /// <param name="limit">The most bytes of the process; null for no limit.</param>
    /// <param name="tell">Told in a line what is going to be taken.</param>
    /// <exception cref="InputException">It does not fit; the message says what would.</exception>
    public static TrainingOptions Fit(TrainingOptions options, int keywords, AudioLength audio, long program, long? limit, Action<string> tell)
    {
        program += options.Threads * BytesPerThread;
        long reserve = GetReserve(options, audio);
        long Total(TrainingOptions candidate)
        {
            (long trainer, long examples) = TrainingSession.GetMemory(candidate, keywords);
            return program + reserve + audio.Bytes + trainer + examples;
        }

        TrainingOptions least = options with { ExamplesAhead = Math.Min(2 * options.Batch, LeastExamplesAhead * options.Threads) };
        if (limit < Total(least))
        {
            string smaller = Smaller(least, candidate => Total(candidate) <= limit, canShorten: program + GetReserve(options, new AudioLength(0, 0)) < limit);
            throw new InputException(
                $"--device-budget has memory={Megabytes(limit.Value)}; needed: {Describe(least)}; allowed: at least {Megabytes(Total(least))}{smaller}");
        }

        if (limit < Total(options))
        {
            (_, long one) = TrainingSession.GetMemory(options with { ExamplesAhead = 1 }, keywords);
            options = options with { ExamplesAhead = least.ExamplesAhead + (int)((limit.Value - Total(least)) / one) };
        }

        tell($"memory: {Describe(options)}{(limit is { } most ? $"; allowed: {Megabytes(most)}" : "")}");
        return options;

        string Describe(TrainingOptions candidate)
        {
            (long trainer, long examples) = TrainingSession.GetMemory(candidate, keywords);
            return $"{Megabytes(trainer)} for the trainer, {Megabytes(examples)} for examples, {Megabytes(audio.Bytes)} for audio, {Megabytes(program)} for the program, {Megabytes(reserve)} in reserve for its code, decoding, validation and search";
        }
    }

    /// <summary>What compiled code, decoding, the validator and the search for hard negatives take at most besides: estimated from measured runs.</summary>
    public static long GetReserve(TrainingOptions options, AudioLength audio) =>
        audio.Bytes // copies while it is decoded and listened to
        + (RuntimeFeature.IsDynamicCodeCompiled ? BytesOfCompiledCode : 0)
        + (options.MineEvery > 0 && options.Epochs > options.MineEvery ? BytesOfSearch : 0);

    /// <summary>What to say after an epoch when the process has held more than it may; null when it has not.</summary>
    /// <param name="peak">Bytes that it has held at most.</param>
    /// <param name="limit">The most bytes that it may hold; null for no limit.</param>
    public static string? Exceeded(long peak, long? limit) =>
        peak > limit ? $"the process has held {Megabytes(peak)}, more than memory={Megabytes(limit.Value)} of --device-budget" : null;

    /// <summary>Options that would fit; they train another model, so that they are the user's to choose.</summary>
    private static string Smaller(TrainingOptions options, Predicate<TrainingOptions> fits, bool canShorten)
    {
        for (int steps = 64; steps >= 8; steps /= 2)
        {
            if (fits(options with { ActivationSteps = steps }))
            {
                return $", or --activation-steps {steps} with the same batch";
            }
        }

        for (int batch = options.Batch - 1; batch > 0; batch--)
        {
            if (fits(options with { Batch = batch, ExamplesAhead = Math.Min(options.ExamplesAhead, 2 * batch), ActivationSteps = 8 }))
            {
                return $", or --batch {batch} --activation-steps 8";
            }
        }

        return canShorten ? ", or less audio" : "";
    }

    private static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB");
}
