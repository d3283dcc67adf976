using System.Runtime.ExceptionServices;

namespace Devices;

/// <summary>Work on many items at once whose results do not depend on the number of threads.</summary>
internal static class Parallelism
{
    /// <summary>Applies a function to each item; the results are in the order of the items.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled.</exception>
    public static TResult[] Map<T, TResult>(IReadOnlyList<T> items, int threads, CancellationToken stop, Func<T, TResult> function) =>
        Map(items, threads, stop, () => 0, (item, _) => function(item));

    /// <summary>The same with something for each thread to reuse, such as a stream.</summary>
    public static TResult[] Map<T, TLocal, TResult>(
        IReadOnlyList<T> items, int threads, CancellationToken stop, Func<TLocal> createLocal, Func<T, TLocal, TResult> function)
    {
        var results = new TResult[items.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = stop };
        try
        {
            Parallel.For(0, items.Count, options, createLocal, (index, _, local) =>
            {
                results[index] = function(items[index], local);
                return local;
            }, _ => { });
        }
        catch (AggregateException exception)
        {
            // The first failure tells what is wrong; which other files failed meanwhile depends on timing.
            ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
        }

        return results;
    }
}
