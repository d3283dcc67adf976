using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Seq.Embedded.Training;

/// <summary>The threads of a <see cref="WorkerPool"/> and what they share with it.</summary>
/// <remarks>
/// Apart from the pool, so that threads that wait reach neither the pool nor the last work: both can be collected, and the pool's
/// finaliser then ends the threads.
/// </remarks>
internal sealed class WorkerCrew
{
    private readonly object _gate = new();
    private readonly Thread[] _workers;
    private bool _ended;

    // One round of work. Run writes these under the gate while all workers wait; a worker reads them after it saw the new round there.
    private IParallelWork? _work;
    private int _count;
    private int _round;
    private int _busyWorkers;

    // Shared during a round.
    private int _nextItem;
    private int _failedItem;
    private ExceptionDispatchInfo? _failure;

    internal WorkerCrew(int workers) => _workers = new Thread[workers];

    internal int Workers => _workers.Length;

    /// <summary>Starts the threads; they wait.</summary>
    internal void Start()
    {
        for (int i = 0; i < _workers.Length; i++)
        {
            _workers[i] = new Thread(Work) { IsBackground = true, Name = $"Seq.Embedded worker {i + 1}" };
            _workers[i].Start();
        }
    }

    /// <summary>Executes the items of one round, on the calling thread too.</summary>
    internal void Run(IParallelWork work, int count)
    {
        StartRound(work, count);
        ExecuteItems(work, count);
        WaitForWorkers();
        ExceptionDispatchInfo? failure = _failure;
        _work = null;
        _failure = null;
        failure?.Throw();
    }

    /// <summary>Makes the threads end as soon as they wait.</summary>
    internal void End()
    {
        lock (_gate)
        {
            _ended = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits for the end of the threads.</summary>
    internal void Join()
    {
        foreach (Thread worker in _workers)
        {
            worker.Join();
        }
    }

    private void StartRound(IParallelWork work, int count)
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
        while (WaitForRound(ref seenRound))
        {
            ExecuteRound();
        }
    }

    /// <summary>Waits until there is another round than the one seen last; false when the threads are to end.</summary>
    private bool WaitForRound(ref int seenRound)
    {
        lock (_gate)
        {
            while (_round == seenRound && !_ended)
            {
                Monitor.Wait(_gate);
            }

            seenRound = _round;
            return !_ended;
        }
    }

    // A method of its own that is never inlined: the frame of a waiting thread must not hold a reference to the work.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ExecuteRound()
    {
        ExecuteItems(_work!, _count);
        lock (_gate)
        {
            if (--_busyWorkers == 0)
            {
                // Wakes the idle workers as well; they find no new round and wait again.
                Monitor.PulseAll(_gate);
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
