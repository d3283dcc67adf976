using System.Diagnostics;

namespace Seq.Embedded.Benchmarks;

/// <summary>Times work: warms up until one repetition takes long enough, then takes the median of several.</summary>
internal static class Timing
{
    private const int Repetitions = 5;

    /// <summary>Seconds that one piece of the work takes.</summary>
    /// <param name="work">The argument says how many pieces to do.</param>
    /// <param name="seconds">How long to measure, about.</param>
    /// <param name="mayAllocate">Whether the work may allocate memory.</param>
    /// <exception cref="InvalidOperationException">The work allocates memory and may not.</exception>
    public static double Measure(Action<int> work, double seconds, bool mayAllocate)
    {
        int count = 1;
        double elapsed = Time(work, count);
        while (elapsed < seconds / (2 * Repetitions))
        {
            count *= 2;
            elapsed = Time(work, count);
        }

        // The first pass was part of the warm-up; the count is fitted to the last one.
        count = Math.Max(1, (int)(count * seconds / (Repetitions * elapsed)));
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        Span<double> times = stackalloc double[Repetitions];
        for (int i = 0; i < Repetitions; i++)
        {
            times[i] = Time(work, count) / count;
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        if (allocated > 0 && !mayAllocate)
        {
            throw new InvalidOperationException($"{Repetitions} repetitions allocated {allocated} bytes; allowed: none.");
        }

        times.Sort();
        return times[Repetitions / 2];
    }

    private static double Time(Action<int> work, int count)
    {
        long start = Stopwatch.GetTimestamp();
        work(count);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
