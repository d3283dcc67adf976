using System.Globalization;
using KeywordSpotter.Commands;
using KeywordSpotter.Health;
using KeywordSpotter.Input;
using KeywordSpotter.Spotting;

namespace KeywordSpotter.Listening;

/// <summary>
/// The loop of <c>kws listen</c>: audio in, words out, and whoever else wants to know of them. Allocates nothing per block; writing clips, running
/// commands and drawing are done by threads of their own.
/// </summary>
internal sealed class ListenLoop : IDisposable
{
    /// <summary>Silence after the end of finite audio, so that a word at the very end is still found.</summary>
    private const double TailSeconds = 0.5;

    /// <summary>A near miss is told up to a second after the word; a clip of two seconds must still hold all of it.</summary>
    private const double RingSeconds = 5;

    private const double StatusSeconds = 60;

    private readonly Terminal _terminal;
    private readonly AudioInput _input;
    private readonly SpotterModel _model;
    private readonly ListenOptions _options;
    private readonly Spotter _spotter;
    private readonly ListenStatistics _statistics;
    private readonly ServiceNotifier _notifier = ServiceNotifier.FromEnvironment();
    private readonly AudioRing? _ring;
    private readonly ClipKeeper? _keeper;
    private readonly DetectionHook? _hook;
    private readonly LiveView? _view;
    private readonly LiveMessages? _messages;
    private readonly DateTime _startUtc = DateTime.UtcNow;
    private readonly double _statusEvery;
    private readonly int _rate;
    private double _nextStatus;
    private long _samples;
    private long _originSample; // where the spotter began, in the samples that were read
    private double _origin; // the same in seconds, with what was lost

    /// <summary>Opens what the options ask for besides the audio.</summary>
    /// <exception cref="InputException">The folder for clips cannot be written to.</exception>
    public ListenLoop(Terminal terminal, AudioInput input, SpotterModel model, DetectorSettings settings, ListenOptions options)
    {
        _terminal = terminal;
        _input = input;
        _model = model;
        _options = options;
        _rate = model.Features.SampleRate;
        _messages = terminal.Error as LiveMessages;
        bool nearMisses = options.NearMisses || options.Stats || options.Live || options.Keep is not null;
        _spotter = new Spotter(model, settings, options.Gate, nearMisses);
        _statusEvery = options.StatsEvery ?? (options.IsLive ? StatusSeconds : double.PositiveInfinity);
        _nextStatus = _statusEvery;
        if (options.Keep is { } keep)
        {
            _ring = new AudioRing((int)(RingSeconds * _rate));
            _keeper = new ClipKeeper(keep, _rate, Tell);
            Tell($"PRIVACY: two seconds of audio of each keyword and near miss are kept in {Path.Combine(keep.Folder, KeepSettings.NewFolder)}, "
                + $"the last {keep.MostClips} and at most {keep.MostBytes / 1e6:0.#} MB; they hold what was said, and do not leave this machine");
        }

        _hook = options.OnDetect is { } command ? new DetectionHook(command, options.OnDetectTimeout, Tell, terminal.Stop, _messages is null ? null : _messages.WriteLine) : null;
        _view = options.Live ? new LiveView(terminal.Output, model.Keywords, settings) : null;
        if (_messages is not null)
        {
            _messages.View = _view;
        }

        _statistics = new ListenStatistics(input, _spotter, _rate);
    }

    /// <summary>Listens until the audio ends or the program is asked to stop.</summary>
    public void Run()
    {
        _notifier.Ready($"listening for {string.Join(", ", _model.Keywords)}");
        while (_input.TryRead(out ReadOnlySpan<float> block))
        {
            if (_input.HasRestarted)
            {
                Restart();
            }

            _samples += block.Length;
            _statistics.BlockRead(block.Length);
            Hear(block, double.PositiveInfinity);
            _view?.Show(_input, _spotter);
            if (block.Length > 0 || _input.IsAway)
            {
                _notifier.Beat(); // a microphone that is gone is looked after; audio that stands still for no reason is not
            }

            TellStatus();
        }

        _notifier.Stopping();
        _statistics.End();
        double end = (_samples / (double)_rate) + _input.LostSeconds;
        Hear(new float[_terminal.Stop.IsCancellationRequested ? 0 : (int)(TailSeconds * _rate)], end, isAudio: false);
        Finish(end);
        _view?.Dispose();
        foreach (string line in !_options.Stats ? [] : _options.Json ? [_statistics.ToJson()] : _statistics.Describe())
        {
            Tell(line);
        }
    }

    /// <summary>Ends what runs beside the loop.</summary>
    public void Dispose()
    {
        _view?.Dispose(); // first: the terminal must be as it was before anything can fail
        _hook?.Dispose();
        _keeper?.Dispose();
        _notifier.Dispose();
    }

    private void Hear(ReadOnlySpan<float> block, double end, bool isAudio = true)
    {
        if (isAudio)
        {
            _ring?.Push(block);
        }

        while (_spotter.TryNext(ref block, out Detection detection))
        {
            Tell(detection, end);
        }
    }

    private void Finish(double end)
    {
        while (_spotter.Finish(out Detection detection))
        {
            Tell(detection, end);
        }
    }

    private void Restart()
    {
        Finish(double.PositiveInfinity);
        _spotter.Reset();
        _origin = _input.Position;
        _originSample = _samples;
    }

    private void Tell(in Detection detection, double end)
    {
        _statistics.Pause();
        double inStream = _spotter.EndSeconds(detection);
        var word = new HeardWord(Math.Min(_origin + inStream, end), _model.Keywords[detection.Keyword], detection.Score, detection.IsNearMiss);
        _statistics.Count(word);
        _keeper?.Keep(_ring!, _originSample + (long)(inStream * _rate), word, _options.IsLive ? DateTime.UtcNow : _startUtc.AddSeconds(word.Seconds));
        if (!word.IsNearMiss)
        {
            _hook?.Run(word);
        }

        if (_view is not null)
        {
            _view.Add(word);
        }
        else if (!word.IsNearMiss || _options.NearMisses)
        {
            _terminal.Output.WriteLine(_options.Json ? Json(word) : Text(word));
            _terminal.Output.Flush();
        }

        _statistics.Resume();
    }

    private void TellStatus()
    {
        if (_input.Position < _nextStatus)
        {
            return;
        }

        _statistics.Pause();
        _nextStatus = _statusEvery * (Math.Floor(_input.Position / _statusEvery) + 1); // once, however much was lost
        string status = _statistics.Summarize();
        _notifier.Status(status);
        if (_options.Stats && _view is null)
        {
            Tell(_options.Json ? _statistics.ToJson(ofLap: true) : status);
        }

        _statistics.StartLap();
        _statistics.Resume();
    }

    /// <summary>A line for the user; JSON is left bare.</summary>
    private void Tell(string line) => _terminal.Error.WriteLine(line.StartsWith('{') ? line : $"kws: {line}");

    private static string Json(in HeardWord word) => string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"time\": {word.Seconds:0.00}, \"keyword\": {Quote(word.Keyword)}, \"score\": {word.Score:0.00}{(word.IsNearMiss ? ", \"near_miss\": true" : "")}}}");

    private static string Text(in HeardWord word) =>
        string.Create(CultureInfo.InvariantCulture, $"{word.Seconds,8:0.00} s  {word.Keyword}  {word.Score:0.00}{(word.IsNearMiss ? "  near miss" : "")}");

    /// <summary>A keyword as a JSON string; it has no control characters.</summary>
    private static string Quote(string keyword) => $"\"{keyword.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
