using System.Globalization;
using KeywordSpotter.Training;

namespace KeywordSpotter.Commands;

/// <summary>What a training run takes of the memory, and how it is kept below a maximum without another result.</summary>
internal static class MemoryPlan
{
    /// <summary>What the threads that prepare examples and listen take, each.</summary>
    private const long BytesPerThread = 2_000_000;

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
        long Total(TrainingOptions candidate)
        {
            (long trainer, long examples) = TrainingSession.GetMemory(candidate, keywords);
            return program + audio.Bytes + trainer + examples;
        }

        TrainingOptions least = options with { ExamplesAhead = Math.Min(2 * options.Batch, LeastExamplesAhead * options.Threads) };
        if (limit < Total(least))
        {
            throw new InputException(
                $"--device-budget has memory={Megabytes(limit.Value)}; needed: {Describe(least)}; allowed: at least {Megabytes(Total(least))}, {Smaller(least, candidate => Total(candidate) <= limit)}");
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
            return $"{Megabytes(trainer)} for the trainer, {Megabytes(examples)} for examples, {Megabytes(audio.Bytes)} for audio, {Megabytes(program)} for the program";
        }
    }

    /// <summary>Options that would fit; they train another model, so that they are the user's to choose.</summary>
    private static string Smaller(TrainingOptions options, Predicate<TrainingOptions> fits)
    {
        for (int steps = 64; steps >= 8; steps /= 2)
        {
            if (fits(options with { ActivationSteps = steps }))
            {
                return $"or --activation-steps {steps} with the same batch";
            }
        }

        for (int batch = options.Batch - 1; batch > 0; batch--)
        {
            if (fits(options with { Batch = batch, ExamplesAhead = Math.Min(options.ExamplesAhead, 2 * batch), ActivationSteps = 8 }))
            {
                return $"or --batch {batch} --activation-steps 8";
            }
        }

        return "or less audio";
    }

    private static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB");
}
