using System.Runtime.ExceptionServices;

namespace Devices.Audio;

/// <summary>
/// The examples of one epoch, prepared ahead by threads of their own and handed out in order. Bounded: at most as many are
/// prepared ahead as there are slots. What is handed out does not depend on the number of threads.
/// </summary>
internal sealed class ExampleQueue : IDisposable
{
    private readonly object _gate = new();
    private readonly Example[] _slots;
    private readonly bool[] _ready;
    private readonly Thread[] _threads;
    private readonly int _count;
    private int _next; // index that the next free thread prepares
    private int _taken; // index that is handed out next
    private bool _closed;
    private ExceptionDispatchInfo? _failure;

    /// <param name="makers">One per thread: prepares the example of an index. What it makes depends on the index only.</param>
    /// <param name="slots">Reused by the caller for each epoch.</param>
    /// <param name="count">Examples in the epoch.</param>
    public ExampleQueue(IReadOnlyList<Action<int, Example>> makers, Example[] slots, int count)
    {
        _slots = slots;
        _ready = new bool[slots.Length];
        _count = count;
        _threads = new Thread[makers.Count];
        for (int i = 0; i < _threads.Length; i++)
        {
            Action<int, Example> make = makers[i];
            _threads[i] = new Thread(() => Prepare(make)) { IsBackground = true, Name = $"examples {i + 1}" };
        }

        foreach (Thread thread in _threads)
        {
            thread.Start();
        }
    }

    /// <summary>Waits for the next example; it is valid until <see cref="Release"/>.</summary>
    public Example Take()
    {
        lock (_gate)
        {
            while (!_ready[_taken % _slots.Length] && _failure is null)
            {
                Monitor.Wait(_gate);
            }

            _failure?.Throw();
            return _slots[_taken % _slots.Length];
        }
    }

    /// <summary>Gives the example last taken back, so that its memory is used for a later one.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _ready[_taken % _slots.Length] = false;
            _taken++;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Stops the threads and waits for them.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }

        foreach (Thread thread in _threads)
        {
            thread.Join();
        }
    }

    private void Prepare(Action<int, Example> make)
    {
        try
        {
            while (TryClaim(out int index))
            {
                make(index, _slots[index % _slots.Length]);
                lock (_gate)
                {
                    _ready[index % _slots.Length] = true;
                    Monitor.PulseAll(_gate);
                }
            }
        }
        catch (Exception exception)
        {
            lock (_gate)
            {
                _failure ??= ExceptionDispatchInfo.Capture(exception);
                Monitor.PulseAll(_gate);
            }
        }
    }

    private bool TryClaim(out int index)
    {
        lock (_gate)
        {
            while (!_closed && _next < _count && _next >= _taken + _slots.Length)
            {
                Monitor.Wait(_gate);
            }

            index = _next;
            if (_closed || _next >= _count)
            {
                return false;
            }

            _next++;
            return true;
        }
    }
}
