using System.Runtime.ExceptionServices;

namespace Seq.Embedded.Training;

/// <summary>A fixed number of threads, created once, that share numbered items of work.</summary>
/// <remarks>
/// The thread that calls <see cref="Run"/> works too, so a pool of N has N - 1 threads of its own, and a pool of 1 runs everything
/// inline. Which thread does which item varies: results must not depend on it. A pool that is not disposed of keeps its threads
/// until the process ends.
/// </remarks>
public sealed class WorkerPool : IDisposable
{
    private const int MaxThreads = 1024;

    private readonly object _gate = new();
    private readonly Thread[] _workers;
    private int _running;
    private bool _disposed;

    // One round of work. Run writes these under the gate while all workers wait; a worker reads them after it saw the new round there.
    private IParallelWork? _work;
    private int _count;
    private int _round;
    private int _busyWorkers;

    // Shared during a round.
    private int _nextItem;
    private int _failedItem;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Creates the threads; they wait.</summary>
    /// <param name="threads">Threads that work at the same time, the caller of <see cref="Run"/> included: 1 to 1024.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is outside its range.</exception>
    public WorkerPool(int threads)
    {
        if (threads is < 1 or > MaxThreads)
        {
            throw new ArgumentOutOfRangeException(nameof(threads), threads, $"The number of threads must be 1 to {MaxThreads}.");
        }

        _workers = new Thread[threads - 1];
        for (int i = 0; i < _workers.Length; i++)
        {
            _workers[i] = new Thread(Work) { IsBackground = true, Name = $"Seq.Embedded worker {i + 1}" };
            _workers[i].Start();
        }
    }

    /// <summary>Threads that work at the same time, the caller of <see cref="Run"/> included.</summary>
    public int Threads => _workers.Length + 1;

    /// <summary>Executes the items 0 to <paramref name="count"/> - 1, each once, and returns when all have ended.</summary>
    /// <remarks>
    /// Items start in ascending order. When one throws, no further item starts, those under way end, and the exception of the lowest
    /// item that failed is thrown here, for every number of threads the same one. Allocates nothing.
    /// </remarks>
    /// <param name="work">The work.</param>
    /// <param name="count">Number of items; not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    /// <exception cref="InvalidOperationException">A run of this pool is under way: one of its items, or another thread, called.</exception>
    /// <exception cref="ObjectDisposedException">The pool is disposed of.</exception>
    public void Run(IParallelWork work, int count)
    {
        ArgumentNullException.ThrowIfNull(work);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Enter();
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            Start(work, count);
            ExecuteItems(work, count);
            WaitForWorkers();
            ExceptionDispatchInfo? failure = _failure;
            _work = null;
            _failure = null;
            failure?.Throw();
        }
        finally
        {
            Volatile.Write(ref _running, 0);
        }
    }

    /// <summary>Ends the threads and waits for them. Disposing twice is allowed.</summary>
    /// <exception cref="InvalidOperationException">A run of this pool is under way.</exception>
    public void Dispose()
    {
        Enter();
        try
        {
            lock (_gate)
            {
                _disposed = true;
                Monitor.PulseAll(_gate);
            }

            foreach (Thread worker in _workers)
            {
                worker.Join();
            }
        }
        finally
        {
            Volatile.Write(ref _running, 0);
        }
    }

    private void Enter()
    {
        if (Interlocked.CompareExchange(ref _running, 1, 0) != 0)
        {
            throw new InvalidOperationException("A run of this worker pool is under way; its items must not use the pool.");
        }
    }

    private void Start(IParallelWork work, int count)
    {
        lock (_gate)
        {
            _work = work;
            _count = count;
            _nextItem = 0;
            _failedItem = int.MaxValue;
            if (count > 1 && _workers.Length > 0)
            {
                _round++;
                _busyWorkers = _workers.Length;
                Monitor.PulseAll(_gate);
            }
        }
    }

    private void WaitForWorkers()
    {
        lock (_gate)
        {
            while (_busyWorkers > 0)
            {
                Monitor.Wait(_gate);
            }
        }
    }

    private void Work()
    {
        int seenRound = 0;
        while (true)
        {
            IParallelWork work;
            int count;
            lock (_gate)
            {
                while (_round == seenRound && !_disposed)
                {
                    Monitor.Wait(_gate);
                }

                if (_disposed)
                {
                    return;
                }

                seenRound = _round;
                work = _work!;
                count = _count;
            }

            ExecuteItems(work, count);
            lock (_gate)
            {
                if (--_busyWorkers == 0)
                {
                    // Wakes the idle workers as well; they find no new round and wait again.
                    Monitor.PulseAll(_gate);
                }
            }
        }
    }

    private void ExecuteItems(IParallelWork work, int count)
    {
        for (int item = TakeItem(count); item < count; item = TakeItem(count))
        {
            try
            {
                work.Execute(item);
            }
            catch (Exception e)
            {
                Fail(item, e);
            }
        }
    }

    /// <summary>The next item, or <paramref name="count"/> or more when none is left or one has failed.</summary>
    private int TakeItem(int count)
    {
        int item = Volatile.Read(ref _nextItem);
        while (item < count)
        {
            int seen = Interlocked.CompareExchange(ref _nextItem, item + 1, item);
            if (seen == item)
            {
                break;
            }

            item = seen;
        }

        return item;
    }

    private void Fail(int item, Exception exception)
    {
        // Items are taken in ascending order, so all below a failed item run to their end: the lowest failure is always found.
        Interlocked.Exchange(ref _nextItem, int.MaxValue);
        lock (_gate)
        {
            if (item < _failedItem)
            {
                _failedItem = item;
                _failure = ExceptionDispatchInfo.Capture(exception);
            }
        }
    }
}
