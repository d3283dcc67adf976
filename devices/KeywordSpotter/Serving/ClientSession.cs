using System.Diagnostics;
using KeywordSpotter.Input;
using KeywordSpotter.Spotting;

namespace KeywordSpotter.Serving;

/// <summary>
/// One client of the server, from its first message to its last: a wake-word service of the Wyoming protocol. One thread. The weights are the
/// server's, the audio stream is its own; after the first chunk of a stream nothing is allocated but for what is found.
/// </summary>
internal sealed class ClientSession
{
    /// <summary>Silence after the end of a stream, so that a word at the very end is still found.</summary>
    private const double TailSeconds = 0.5;

    /// <summary>Of an unknown keyword in the log.</summary>
    private const int LongestName = 40;

    private readonly SpotterModel _model;
    private readonly DetectorSettings _settings;
    private readonly ISessionLog _log;
    private readonly MessageReader _reader;
    private readonly MessageWriter _writer;
    private readonly bool[] _wanted;

    private AudioFormat _format;
    private Message _message;
    private bool _hasMessage; // that ended a stream and is still to be handled
    private bool _found;
    private bool _hasComplained;
    private long _workingSince;

    /// <summary>Prepares to serve a client.</summary>
    /// <param name="name">Of the client, for the log.</param>
    /// <param name="stream">The connection, both ways.</param>
    /// <param name="model">The network and what belongs to it.</param>
    /// <param name="settings">Of the detector.</param>
    /// <param name="limits">What it may cost.</param>
    /// <param name="log">Learns what happens.</param>
    public ClientSession(string name, Stream stream, SpotterModel model, DetectorSettings settings, ServerLimits limits, ISessionLog log)
    {
        Name = name;
        _model = model;
        _settings = settings;
        _log = log;
        _reader = new MessageReader(stream, limits);
        _writer = new MessageWriter(stream);
        _wanted = new bool[model.Keywords.Count];
        Array.Fill(_wanted, true);
    }

    /// <summary>Of the client, for the log.</summary>
    public string Name { get; }

    /// <summary>How long the last block of audio is being worked on, while one is. For any thread.</summary>
    public TimeSpan WorkingFor => Volatile.Read(ref _workingSince) is > 0 and var since ? Stopwatch.GetElapsedTime(since) : TimeSpan.Zero;

    /// <summary>How long it has waited for a message outside a stream of audio. For any thread.</summary>
    public TimeSpan IdleFor => _reader.IdleFor;

    /// <summary>Serves until the client closes the connection, breaks the rules or is silent for too long.</summary>
    public void Run()
    {
        try
        {
            while (_hasMessage || _reader.TryRead(out _message))
            {
                _hasMessage = false;
                Handle();
            }
        }
        catch (ProtocolException exception)
        {
            _log.Refused(Name, exception.Message);
            TrySendError(exception.Message);
        }
        catch (IOException)
        {
            // Gone, silent for too long, or it does not read its answers: there is nobody to tell.
        }
    }

    private void Handle()
    {
        switch (_message.Kind)
        {
            case MessageKind.AudioStart:
                _format = AudioFormat.Of(_message);
                Listen();
                break;
            case MessageKind.AudioChunk:
                // Without a start: the chunk has a format as well.
                _format = AudioFormat.Of(_message);
                CheckChunk();
                Listen();
                break;
            case MessageKind.AudioStop:
                _writer.NotDetected();
                break;
            default:
                Answer();
                break;
        }
    }

    /// <summary>What may come at any time, also between chunks.</summary>
    private void Answer()
    {
        switch (_message.Kind)
        {
            case MessageKind.Describe:
                _writer.Info(_model);
                break;
            case MessageKind.Detect:
                Want(_message.Names);
                break;
            case MessageKind.Ping:
                _writer.Pong(_message.Text);
                break;
            default:
                break; // an event of another service
        }
    }

    /// <summary>Listens for these keywords from now on; for all of them when none is named. Unknown ones are never found.</summary>
    private void Want(IReadOnlyList<string>? names)
    {
        Array.Fill(_wanted, names is null or { Count: 0 });
        string? unknown = null;
        foreach (string name in names ?? [])
        {
            int keyword = IndexOf(name);
            if (keyword >= 0)
            {
                _wanted[keyword] = true;
            }
            else
            {
                unknown ??= name;
            }
        }

        // Once is enough for people, and a client cannot fill the log.
        if (unknown is not null && !_hasComplained)
        {
            _hasComplained = true;
            string shown = unknown.Length <= LongestName ? unknown : unknown[..LongestName] + "...";
            _log.Refused(Name, $"'{shown}' is no keyword of the model; allowed: {string.Join(", ", _model.Keywords)}");
        }
    }

    /// <summary>As other services do, letters of either case and underscores for spaces are taken.</summary>
    private int IndexOf(string name)
    {
        string plain = name.Replace('_', ' ').Trim();
        for (int keyword = 0; keyword < _wanted.Length; keyword++)
        {
            if (_model.Keywords[keyword].Replace('_', ' ').Equals(plain, StringComparison.OrdinalIgnoreCase))
            {
                return keyword;
            }
        }

        return -1;
    }

    /// <summary>Works on a stream of audio until it ends.</summary>
    private void Listen()
    {
        using var audio = new AudioInput(new ChunkSource(_reader, _format, NextChunk), _model.Features.SampleRate);
        var spotter = new Spotter(_model, _settings, gate: true);
        _found = false;
        _reader.IsInStream = true;
        while (audio.TryRead(out ReadOnlySpan<float> block))
        {
            Spot(spotter, block);
        }

        _reader.IsInStream = false;

        if (_message.Kind == MessageKind.AudioStop)
        {
            Spot(spotter, new float[(int)(TailSeconds * _model.Features.SampleRate)]);
            while (spotter.Finish(out Detection detection))
            {
                Report(detection);
            }

            if (!_found)
            {
                _writer.NotDetected();
            }
        }
    }

    private void Spot(Spotter spotter, ReadOnlySpan<float> block)
    {
        while (TryNext(spotter, ref block, out Detection detection))
        {
            Report(detection);
        }
    }

    /// <summary>On the clock, which the report of a keyword is not: whoever takes it may keep it waiting.</summary>
    private bool TryNext(Spotter spotter, ref ReadOnlySpan<float> block, out Detection detection)
    {
        Volatile.Write(ref _workingSince, Stopwatch.GetTimestamp());
        bool hasDetection = spotter.TryNext(ref block, out detection);
        Volatile.Write(ref _workingSince, 0);
        return hasDetection;
    }

    private void Report(Detection detection)
    {
        if (_wanted[detection.Keyword])
        {
            _found = true;
            string keyword = _model.Keywords[detection.Keyword];
            _log.Detected(Name, keyword, detection.Score);
            _writer.Detection(keyword, _message.Timestamp);
        }
    }

    /// <summary>Waits for the next chunk of the stream; false when the stream has ended.</summary>
    private bool NextChunk()
    {
        while (_reader.TryRead(out _message))
        {
            switch (_message.Kind)
            {
                case MessageKind.AudioChunk:
                    CheckChunk();
                    return true;
                case MessageKind.AudioStop:
                    return false;
                case MessageKind.AudioStart:
                    _hasMessage = true; // a new stream
                    return false;
                default:
                    Answer();
                    break;
            }
        }

        return false;
    }

    /// <summary>A chunk may leave its format to the start of the stream, but not change it.</summary>
    private void CheckChunk()
    {
        if ((_message.Rate ?? _format.Rate) != _format.Rate
            || (_message.Width ?? _format.Width) != _format.Width
            || (_message.Channels ?? _format.Channels) != _format.Channels)
        {
            throw new ProtocolException($"the format changed from {_format} to {AudioFormat.Of(_message)} within a stream; allowed: a new audio-start");
        }

        if (_reader.PayloadLeft % _format.FrameBytes != 0)
        {
            throw new ProtocolException($"'payload_length' is {_reader.PayloadLeft}; allowed: a multiple of {_format.FrameBytes}, the bytes of a frame");
        }
    }

    private void TrySendError(string text)
    {
        try
        {
            _writer.Error(text, "bad-message");
        }
        catch (IOException)
        {
            // It has gone already.
        }
    }
}
