using System.Text.RegularExpressions;

namespace KeywordSpotter.Tests.Serving;

/// <summary><c>kws serve</c> in this process, at a port of its own.</summary>
public sealed partial class RunningServer : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly LineWriter _output = new();
    private readonly LineWriter _error = new();
    private readonly Task<int> _run;

    /// <summary>Starts it, and waits until it serves.</summary>
    public RunningServer(params string[] arguments)
    {
        string[] uri = Array.IndexOf(arguments, "--uri") < 0 ? ["--uri", "tcp://127.0.0.1:0"] : [];
        _run = Task.Factory.StartNew(
            () => Program.Run(["serve", .. uri, .. arguments], () => Stream.Null, _output, _error, _stop.Token),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        Match match = ServingLine().Match(_error.WaitFor(text => ServingLine().IsMatch(text) || _run.IsCompleted));
        Assert.True(match.Success, _error.ToString());
        Uri = match.Groups[1].Value;
    }

    /// <summary>Where it serves.</summary>
    public string Uri { get; }

    /// <summary>Waits for its first line about a keyword.</summary>
    public string WaitForOutput() => _output.WaitFor(text => text.Length > 0);

    /// <summary>A new client.</summary>
    public WyomingClient Connect() => new(Uri);

    /// <summary>Waits until something has been said on standard error.</summary>
    public string WaitForError(string part) => _error.WaitFor(text => text.Contains(part, StringComparison.Ordinal));

    /// <summary>Asks it to stop, as SIGTERM does, and waits for its end.</summary>
    /// <returns>The exit status.</returns>
    public int Stop()
    {
        _stop.Cancel();
        return _run.GetAwaiter().GetResult();
    }

    /// <summary>Stops it.</summary>
    public void Dispose()
    {
        Stop();
        _stop.Dispose();
        _output.Dispose();
        _error.Dispose();
    }

    [GeneratedRegex(@"serving .+ at (\S+)\n")]
    private static partial Regex ServingLine();

    /// <summary>Wakes whoever waits for a line.</summary>
    private sealed class LineWriter : StringWriter
    {
        public LineWriter() => NewLine = "\n";

        public override void WriteLine(string? value)
        {
            lock (this)
            {
                base.WriteLine(value);
                Monitor.PulseAll(this);
            }
        }

        public override string ToString()
        {
            lock (this)
            {
                return base.ToString();
            }
        }

        public string WaitFor(Predicate<string> found)
        {
            long until = Environment.TickCount64 + 60_000;
            lock (this)
            {
                while (!found(base.ToString()) && Environment.TickCount64 < until)
                {
                    Monitor.Wait(this, 1000);
                }

                return base.ToString();
            }
        }
    }
}
