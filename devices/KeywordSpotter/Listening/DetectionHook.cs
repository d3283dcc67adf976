using System.Diagnostics;
using System.Globalization;

namespace KeywordSpotter.Listening;

/// <summary>
/// Runs a command for each keyword: by <c>/bin/sh -c</c>, with what was heard in its environment alone (KWS_KEYWORD, KWS_SCORE, KWS_TIME in seconds), so that
/// no keyword is ever part of a command. Its input is empty, and its output goes to standard error. At most four run at once, sixteen wait, the rest
/// is left out; one that takes too long is killed. The first failure is told.
/// </summary>
internal sealed class DetectionHook : IDisposable
{
    private const int AtOnce = 4;
    private const int Most = 16;
    private const string Redirection = "exec </dev/null >&2\n"; // standard input and output are the spotter's

    private static readonly TimeSpan s_stopTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_lastLines = TimeSpan.FromSeconds(1); // of a command that has ended; what it left running may hold the pipe open
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(10); // to start and to kill processes on a machine that is busy

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _waiting = new(0);
    private readonly HeardWord[] _queue = new HeardWord[Most];
    private readonly Thread[] _workers = new Thread[AtOnce];
    private readonly Process?[] _running = new Process?[AtOnce];
    private readonly string _command;
    private readonly TimeSpan _timeout;
    private readonly Action<string> _tell;
    private readonly CancellationToken _stop;
    private readonly Action<string>? _output;
    private long _queued;
    private long _begun;
    private bool _ended;
    private bool _told;

    /// <summary>Starts the threads that wait for keywords.</summary>
    /// <param name="command">For the shell.</param>
    /// <param name="timeout">How long a command may run.</param>
    /// <param name="tell">Receives one line, about the first failure; called by any thread.</param>
    /// <param name="stop">Whether the end is to be quick.</param>
    /// <param name="output">Receives the lines that commands print, called by any thread; null: they go to standard error.</param>
    public DetectionHook(string command, TimeSpan timeout, Action<string> tell, CancellationToken stop, Action<string>? output = null)
    {
        _command = command;
        _timeout = timeout;
        _tell = tell;
        _stop = stop;
        _output = output;
        for (int i = 0; i < AtOnce; i++)
        {
            int worker = i;
            _workers[i] = new Thread(() => Work(worker)) { IsBackground = true, Name = "on detect" };
            _workers[i].Start();
        }
    }

    /// <summary>Asks for a run of the command. Never waits; allocates nothing.</summary>
    public void Run(in HeardWord word)
    {
        lock (_lock)
        {
            if (_queued - _begun == Most)
            {
                Tell("the commands are slower than the keywords: some were left out");
                return;
            }

            _queue[_queued++ % Most] = word;
        }

        _waiting.Release();
    }

    /// <summary>Waits for the commands, as long as two in a row may run; after Ctrl+C for two seconds, and for none that has not begun. Kills what still runs then.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _ended = true;
            if (_stop.IsCancellationRequested)
            {
                _begun = _queued;
            }
        }

        _waiting.Release(AtOnce);
        var watch = Stopwatch.StartNew();
        TimeSpan patience = _stop.IsCancellationRequested ? s_stopTime : _timeout + _timeout + s_grace;
        foreach (Thread worker in _workers)
        {
            TimeSpan left = patience - watch.Elapsed;
            worker.Join(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }

        lock (_lock)
        {
            _begun = _queued;
            foreach (Process? process in _running)
            {
                Kill(process);
            }
        }
    }

    private void Work(int worker)
    {
        while (true)
        {
            _waiting.Wait();
            HeardWord word;
            lock (_lock)
            {
                if (_begun == _queued)
                {
                    if (_ended)
                    {
                        return;
                    }

                    continue;
                }

                word = _queue[_begun++ % Most];
            }

            try
            {
                RunOne(worker, word);
            }
            catch (Exception exception) when (exception is System.ComponentModel.Win32Exception or InvalidOperationException or IOException)
            {
                Tell($"cannot run: {exception.Message}");
            }
        }
    }

    private void RunOne(int worker, HeardWord word)
    {
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false, RedirectStandardError = _output is not null };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(Redirection + _command);
        start.Environment["KWS_KEYWORD"] = word.Keyword;
        start.Environment["KWS_SCORE"] = word.Score.ToString("0.00", CultureInfo.InvariantCulture);
        start.Environment["KWS_TIME"] = word.Seconds.ToString("0.00", CultureInfo.InvariantCulture);
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("no process was started");
        TaskCompletionSource printed = new();
        if (_output is not null)
        {
            process.ErrorDataReceived += (_, line) =>
            {
                if (line.Data is { } text)
                {
                    _output(text);
                }
                else
                {
                    printed.TrySetResult();
                }
            };
            process.BeginErrorReadLine();
        }

        lock (_lock)
        {
            _running[worker] = process;
        }

        bool ended = process.WaitForExit(_timeout);
        if (ended && _output is not null)
        {
            printed.Task.Wait(s_lastLines); // the process may end before its last lines are read
        }

        lock (_lock)
        {
            _running[worker] = null;
            if (!ended)
            {
                Kill(process);
            }
        }

        if (!ended)
        {
            Tell(string.Create(CultureInfo.InvariantCulture, $"took longer than {_timeout.TotalSeconds:0.#} s and was killed"));
        }
        else if (process.ExitCode != 0 && !_stop.IsCancellationRequested)
        {
            Tell($"ended with status {process.ExitCode}");
        }
    }

    private static void Kill(Process? process)
    {
        try
        {
            process?.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or System.ComponentModel.Win32Exception or AggregateException)
        {
            // It has ended by itself, or is not ours to end.
        }
    }

    private void Tell(string what)
    {
        lock (_lock)
        {
            if (_told)
            {
                return;
            }

            _told = true;
        }

        _tell($"--on-detect: {what} (told once)");
    }
}
