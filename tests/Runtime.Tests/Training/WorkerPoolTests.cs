using System.Runtime.CompilerServices;
using Seq.Embedded.Training;

namespace Seq.Embedded.Tests.Training;

public class WorkerPoolTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Run_many_rounds_execute_every_item_once(int threads)
    {
        using WorkerPool pool = new(threads);
        Assert.Equal(threads, pool.Threads);
        for (int round = 0; round < 300; round++)
        {
            int count = round % 23;
            Counter work = new(count);

            pool.Run(work, count);

            Assert.All(work.Counts, executed => Assert.Equal(1, executed));
        }
    }

    [Fact]
    public void Run_items_that_wait_for_each_other_run_at_the_same_time()
    {
        using WorkerPool pool = new(3);
        using Barrier barrier = new(3);
        bool[] met = new bool[3];

        pool.Run(new Work(item => met[item] = barrier.SignalAndWait(TimeSpan.FromSeconds(60))), 3);

        Assert.All(met, Assert.True);
    }

    [Fact]
    public void Run_one_thread_stays_on_the_calling_thread()
    {
        using WorkerPool pool = new(1);
        int[] threads = new int[9];

        pool.Run(new Work(item => threads[item] = Environment.CurrentManagedThreadId), 9);

        Assert.All(threads, id => Assert.Equal(Environment.CurrentManagedThreadId, id));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Run_failing_items_throw_the_lowest_and_the_pool_works_on(int threads)
    {
        using WorkerPool pool = new(threads);
        for (int round = 0; round < 100; round++)
        {
            int executed = 0;

            InvalidDataException e = Assert.Throws<InvalidDataException>(() => pool.Run(
                new Work(item =>
                {
                    Interlocked.Increment(ref executed);
                    if (item >= 7)
                    {
                        throw new InvalidDataException($"item {item}");
                    }
                }),
                1000));

            Assert.Equal("item 7", e.Message);
            Assert.InRange(executed, 8, 7 + threads);
            Counter work = new(10);
            pool.Run(work, 10);
            Assert.All(work.Counts, count => Assert.Equal(1, count));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Run_inside_an_item_is_refused(int threads)
    {
        using WorkerPool pool = new(threads);

        Assert.Throws<InvalidOperationException>(() => pool.Run(new Work(_ => pool.Run(new Counter(1), 1)), 2));
        Assert.Throws<InvalidOperationException>(() => pool.Run(new Work(_ => pool.Dispose()), 2));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Run_allocates_nothing(int threads)
    {
        using WorkerPool pool = new(threads);
        AllocationMeter work = new();
        pool.Run(work, 100);
        work.Reset();

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 20; round++)
        {
            pool.Run(work, 100);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(0, work.AllocatedByWorkers);
    }

    [Fact]
    public void Dispose_ends_the_threads_and_further_runs_are_refused()
    {
        WorkerPool pool = new(3);
        pool.Run(new Counter(5), 5);

        pool.Dispose();
        pool.Dispose();

        Assert.Throws<ObjectDisposedException>(() => pool.Run(new Counter(1), 1));
    }

    [Fact]
    public void A_pool_that_is_not_disposed_of_is_collected_and_its_threads_end()
    {
        Thread[] threads = new Thread[3];
        (WeakReference pool, WeakReference work) = Use(threads);
        for (int i = 0; i < 100 && (pool.IsAlive || work.IsAlive); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(work.IsAlive, "The last work is still reachable.");
        Assert.False(pool.IsAlive, "The pool is still reachable.");
        Assert.Contains(Thread.CurrentThread, threads);
        Assert.All(threads.Where(thread => thread != Thread.CurrentThread), thread => Assert.True(thread.Join(TimeSpan.FromSeconds(60))));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (WeakReference Pool, WeakReference Work) Use(Thread[] threads)
    {
        WorkerPool pool = new(threads.Length);
        using Barrier barrier = new(threads.Length);
        Work work = new(item =>
        {
            threads[item] = Thread.CurrentThread;
            barrier.SignalAndWait(TimeSpan.FromSeconds(60));
        });
        pool.Run(work, threads.Length);
        return (new WeakReference(pool), new WeakReference(work));
    }

    [Fact]
    public void Invalid_arguments_are_refused_by_name()
    {
        Assert.Equal("threads", Assert.Throws<ArgumentOutOfRangeException>(() => new WorkerPool(0)).ParamName);
        Assert.Equal("threads", Assert.Throws<ArgumentOutOfRangeException>(() => new WorkerPool(1025)).ParamName);
        using WorkerPool pool = new(2);
        Assert.Equal("count", Assert.Throws<ArgumentOutOfRangeException>(() => pool.Run(new Counter(1), -1)).ParamName);
        Assert.Throws<ArgumentNullException>(() => pool.Run(null!, 1));
    }

    private sealed class Work(Action<int> action) : IParallelWork
    {
        public void Execute(int item) => action(item);
    }

    private sealed class Counter(int count) : IParallelWork
    {
        public int[] Counts { get; } = new int[count];

        public void Execute(int item) => Interlocked.Increment(ref Counts[item]);
    }

    /// <summary>Finds what worker threads allocate from their first item after Reset to their last, the waiting between rounds included.</summary>
    private sealed class AllocationMeter : IParallelWork
    {
        private readonly long[] _first = new long[1 << 16];
        private readonly long[] _last = new long[1 << 16];

        public long AllocatedByWorkers => _last.Zip(_first, (last, first) => last - first).Sum();

        public void Reset()
        {
            Array.Clear(_first);
            Array.Clear(_last);
        }

        public void Execute(int item)
        {
            int thread = Environment.CurrentManagedThreadId;
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            if (_last[thread] == 0)
            {
                _first[thread] = allocated;
            }

            _last[thread] = allocated;
        }
    }
}
