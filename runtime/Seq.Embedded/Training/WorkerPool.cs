namespace Seq.Embedded.Training;

/// <summary>A fixed number of threads, created once, that share numbered items of work.</summary>
/// <remarks>
/// The thread that calls <see cref="Run"/> works too, so a pool of N has N - 1 threads of its own, and a pool of 1 runs everything
/// inline. Which thread does which item varies: results must not depend on it. Waiting threads keep neither the pool nor the last work
/// alive: those of a pool that nobody disposes of end when it is collected.
/// </remarks>
public sealed class WorkerPool : IDisposable
{
    private const int MaxThreads = 1024;

    private readonly WorkerCrew _crew;
    private int _running;
    private bool _disposed;

    /// <summary>Creates the threads; they wait.</summary>
    /// <param name="threads">Threads that work at the same time, the caller of <see cref="Run"/> included: 1 to 1024.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is outside its range.</exception>
    public WorkerPool(int threads)
    {
        if (threads is < 1 or > MaxThreads)
        {
            throw new ArgumentOutOfRangeException(nameof(threads), threads, $"The number of threads must be 1 to {MaxThreads}.");
        }

        _crew = new WorkerCrew(threads - 1);
        _crew.Start();
    }

    /// <summary>Ends the threads of a pool that was not disposed of.</summary>
    ~WorkerPool() => _crew?.End();

    /// <summary>Threads that work at the same time, the caller of <see cref="Run"/> included.</summary>
    public int Threads => _crew.Workers + 1;

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
            _crew.Run(work, count);
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
            _disposed = true;
            _crew.End();
            _crew.Join();
            GC.SuppressFinalize(this);
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
}
