using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace KeywordSpotter.Serving;

/// <summary>
/// The lines of a server, written by a thread of their own: no client waits for a terminal that is not read. What does not fit into the queue
/// is counted instead. Control characters, which a terminal would obey, are escaped.
/// </summary>
internal sealed class SessionLog : ISessionLog, IDisposable
{
    private const int MaxWaiting = 1000;

    private readonly Terminal _terminal;
    private readonly Action<IOException> _failed;
    private readonly BlockingCollection<(TextWriter Writer, string Line)> _waiting = new(MaxWaiting);
    private readonly Thread _thread;
    private int _lost;

    /// <summary>Starts to write.</summary>
    /// <param name="terminal">Receives keywords as output and refusals as errors.</param>
    /// <param name="failed">Is called once when nobody reads the output any more.</param>
    public SessionLog(Terminal terminal, Action<IOException> failed)
    {
        _terminal = terminal;
        _failed = failed;
        _thread = new Thread(Write) { IsBackground = true, Name = "log" };
        _thread.Start();
    }

    public void Detected(string client, string keyword, float score) =>
        Add(_terminal.Output, string.Create(CultureInfo.InvariantCulture, $"{client}  {keyword}  {score:0.00}"));

    public void Refused(string client, string reason)
    {
        // Who asks the program to stop knows why clients are cut off.
        if (!_terminal.Stop.IsCancellationRequested)
        {
            Add(_terminal.Error, $"kws: {client}: {Printable(reason)}");
        }
    }

    /// <summary>Writes what waits, but not for longer than this.</summary>
    public void Close(TimeSpan patience)
    {
        _waiting.CompleteAdding();
        _thread.Join(patience);
    }

    /// <summary>Takes no more lines.</summary>
    public void Dispose() => Close(TimeSpan.Zero);

    private static string Printable(string text)
    {
        var printable = new StringBuilder(text.Length);
        foreach (char character in text)
        {
            bool isPrinted = char.GetUnicodeCategory(character) is not (UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate);
            printable.Append(isPrinted ? character : string.Create(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"));
        }

        return printable.ToString();
    }

    private void Add(TextWriter writer, string line)
    {
        try
        {
            if (!_waiting.TryAdd((writer, line)))
            {
                Interlocked.Increment(ref _lost);
            }
        }
        catch (InvalidOperationException)
        {
            // The server has ended.
        }
    }

    private void Write()
    {
        try
        {
            foreach ((TextWriter writer, string line) in _waiting.GetConsumingEnumerable())
            {
                writer.WriteLine(line);
                writer.Flush();
                if (Interlocked.Exchange(ref _lost, 0) is > 0 and var lost)
                {
                    _terminal.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"kws: {lost} lines were left out, as nobody read them"));
                }
            }
        }
        catch (IOException exception)
        {
            // Nobody reads the lines any more: the end of the program, as it is of the others.
            _failed(exception);
        }
    }
}
