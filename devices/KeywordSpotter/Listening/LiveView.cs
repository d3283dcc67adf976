using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using KeywordSpotter.Input;
using KeywordSpotter.Spotting;

namespace KeywordSpotter.Listening;

/// <summary>
/// Level, scores and the last words, drawn in place on a terminal with plain ANSI sequences by a thread of its own, ten times a second.
/// The audio thread only copies numbers: it never waits for the terminal and allocates nothing.
/// </summary>
internal sealed partial class LiveView : IDisposable
{
    private const int OutputDescriptor = 1;
    private const int ErrorDescriptor = 2;
    private const int MostKeywords = 12; // rows; the screen may be small
    private const int Words = 5;
    private const int MostMessages = 3;
    private const int BarWidth = 40;
    private const double LowestLevel = -80; // dB, at the left end of the bar
    private const int IntervalMilliseconds = 100;

    private const string Begin = "\e[?25l\e[?7l"; // no cursor, no wrapping of long lines
    private const string End = "\e[?25h\e[?7h";
    private const string RestOfLine = "\e[K\n"; // cleared, next line

    private readonly Lock _lock = new();
    private readonly ManualResetEventSlim _ended = new();
    private readonly TextWriter _output;
    private readonly string[] _keywords;
    private readonly float[] _thresholds;
    private readonly float[] _taken;
    private readonly HeardWord[] _words = new HeardWord[Words];
    private readonly Queue<string> _messages = new();
    private readonly Thread _thread;
    private readonly float[] _scores; // highest since the last drawing
    private double _rms = LevelMeter.Floor;
    private double _peak = LevelMeter.Floor;
    private double _seconds;
    private long _clipped;
    private long _dropped;
    private bool _isListening = true;
    private bool _isAway;
    private int _heard;
    private int _height; // lines drawn

    /// <summary>Starts drawing.</summary>
    public LiveView(TextWriter output, IReadOnlyList<string> keywords, DetectorSettings settings)
    {
        _output = output;
        _keywords = [.. keywords];
        _thresholds = [.. settings.Thresholds];
        _taken = new float[_keywords.Length];
        _scores = new float[_keywords.Length];
        _output.Write(Begin);
        _thread = new Thread(DrawAll) { IsBackground = true, Name = "live view" };
        _thread.Start();
    }

    /// <summary>Whether the output of the program is a terminal.</summary>
    public static bool CanDraw(Terminal terminal) =>
        terminal.Output is StreamWriter && !OperatingSystem.IsWindows() && IsTerminal(OutputDescriptor) == 1;

    /// <summary>Whether what the program tells would be written into the picture.</summary>
    public static bool SharesErrors => !OperatingSystem.IsWindows() && IsTerminal(ErrorDescriptor) == 1;

    /// <summary>Takes over what has changed with a block of audio.</summary>
    public void Show(AudioInput input, Spotter spotter)
    {
        lock (_lock)
        {
            spotter.TakeHighest(_taken);
            for (int i = 0; i < _taken.Length; i++)
            {
                _scores[i] = Math.Max(_scores[i], _taken[i]);
            }

            (_rms, _peak, _clipped, _dropped) = (input.Level.Rms, input.Level.Peak, input.Level.Clipped, input.DroppedFrames);
            (_seconds, _isListening, _isAway) = (input.Position, spotter.IsListening, input.IsAway);
        }
    }

    /// <summary>A word was heard.</summary>
    public void Add(in HeardWord word)
    {
        lock (_lock)
        {
            _words[_heard++ % Words] = word;
        }
    }

    /// <summary>Shows a message below the words; the last three stay.</summary>
    /// <returns>False where nothing is drawn any more.</returns>
    public bool Say(string message)
    {
        lock (_lock)
        {
            if (_ended.IsSet)
            {
                return false;
            }

            if (_messages.Count == MostMessages)
            {
                _messages.Dequeue();
            }

            _messages.Enqueue(message.ReplaceLineEndings(" "));
            return true;
        }
    }

    /// <summary>Draws a last time and leaves the terminal as it was.</summary>
    public void Dispose()
    {
        if (_ended.IsSet)
        {
            return;
        }

        _ended.Set();
        _thread.Join();
    }

    /// <summary>The picture, without the sequences that place it.</summary>
    internal string[] Compose()
    {
        lock (_lock)
        {
            var lines = new List<string>
            {
                Text($"level  {Bar(Part(_rms), Part(_peak), '|')} {_rms,6:0.0} dB, peak {_peak,6:0.0} dB, {_clipped} clipped, {_dropped} dropped"),
            };
            int width = Math.Min(24, _keywords.Max(keyword => keyword.Length));
            for (int i = 0; i < Math.Min(MostKeywords, _keywords.Length); i++)
            {
                string name = _keywords[i].Length > width ? _keywords[i][..width] : _keywords[i];
                lines.Add(Text($"{name.PadRight(width)}  {Bar(_scores[i], _thresholds[i], '!')} {_scores[i]:0.00}{(_scores[i] >= _thresholds[i] ? " *" : "")}"));
            }

            Array.Clear(_scores);
            lines.Add(Text($"{TimeSpan.FromSeconds(Math.Floor(_seconds)):c}  {(_isAway ? "no microphone" : _isListening ? "listening" : "silence")}"));
            for (int i = 0; i < Words; i++)
            {
                int at = _heard - 1 - i;
                lines.Add(at < 0 ? "" : Text($"{_words[at % Words].Seconds,8:0.00} s  {_words[at % Words].Keyword}  {_words[at % Words].Score:0.00}{(_words[at % Words].IsNearMiss ? "  near miss" : "")}"));
            }

            return [.. lines, .. _messages];
        }
    }

    private static double Part(double decibels) => 1 - (decibels / LowestLevel);

    /// <summary>A bar filled up to a part of its width, with a mark at another part.</summary>
    private static string Bar(double filled, double mark, char sign)
    {
        Span<char> bar = stackalloc char[BarWidth];
        bar.Fill(' ');
        bar[..(int)Math.Round(BarWidth * Math.Clamp(filled, 0, 1))].Fill('#');
        bar[Math.Clamp((int)Math.Round(BarWidth * mark), 0, BarWidth - 1)] = sign;
        return $"[{bar}]";
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private void DrawAll()
    {
        try
        {
            do
            {
                Draw();
            }
            while (!_ended.Wait(IntervalMilliseconds));

            Draw();
            _output.Write(End);
            _output.Flush();
        }
        catch (IOException)
        {
            // The terminal is gone; listening goes on.
        }
    }

    private void Draw()
    {
        var text = new StringBuilder();
        if (_height > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"\e[{_height}A\r");
        }

        string[] lines = Compose();
        _height = lines.Length;
        foreach (string line in lines)
        {
            text.Append(line).Append(RestOfLine);
        }

        _output.Write(text);
        _output.Flush();
    }

    [LibraryImport("libc", EntryPoint = "isatty")]
    private static partial int IsTerminal(int descriptor);
}
