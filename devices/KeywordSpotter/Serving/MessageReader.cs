namespace KeywordSpotter.Serving;

/// <summary>
/// Takes a byte stream of the Wyoming protocol apart: a line of JSON, then data_length bytes of JSON, then payload_length bytes.
/// Memory is one buffer of fixed size: what does not fit is refused, and a payload is handed on in pieces. One thread; allocates nothing per message.
/// </summary>
/// <param name="stream">From the client.</param>
/// <param name="limits">How long to wait for it, where the stream can tell; null for as long as it takes.</param>
internal sealed class MessageReader(Stream stream, ServerLimits? limits = null)
{
    /// <summary>Of the line that begins a message, with its line break. A chunk of audio has about 100.</summary>
    public const int MaxHeaderBytes = 8192;

    /// <summary>Of the data behind the line.</summary>
    public const int MaxDataBytes = 8192;

    /// <summary>Of the payload: half a minute of 16-bit audio at 16 kHz.</summary>
    public const int MaxPayloadBytes = 1 << 20;

    private readonly byte[] _buffer = new byte[2 * MaxHeaderBytes];
    private int _from;
    private int _to;
    private TimeSpan _wait;
    private long _began; // to wait for the message, or to receive it, in ms
    private volatile bool _isIdle;

    /// <summary>Whether the next message is due soon, as in a stream of audio.</summary>
    public bool IsInStream { get; set; }

    /// <summary>How long it has waited for a message that is not due. For any thread.</summary>
    public TimeSpan IdleFor => _isIdle ? TimeSpan.FromMilliseconds(Environment.TickCount64 - Volatile.Read(ref _began)) : TimeSpan.Zero;

    /// <summary>Bytes of the last message's payload that were not read yet.</summary>
    public int PayloadLeft { get; private set; }

    /// <summary>Waits for the next message; what was not read of the payload of the last one is skipped.</summary>
    /// <returns>False when the client has closed the connection between two messages.</returns>
    /// <exception cref="ProtocolException">The message is malformed or too large, or the connection ended within it.</exception>
    /// <exception cref="IOException">The connection is lost, or nothing came for too long.</exception>
    public bool TryRead(out Message message)
    {
        while (PayloadLeft > 0)
        {
            ReadPayload(1, int.MaxValue);
        }

        Volatile.Write(ref _began, Environment.TickCount64);
        int length;
        do
        {
            length = ReadLine();
        }
        while (length > 0 && SkipEmpty(length));

        if (length == 0)
        {
            message = default;
            return false;
        }

        message = MessageParser.ReadHeader(_buffer.AsSpan(_from, length), out int dataLength, out int payloadLength);
        _from += length;
        if (dataLength > 0)
        {
            Hold(dataLength);
            MessageParser.ReadData(_buffer.AsSpan(_from, dataLength), ref message);
            _from += dataLength;
        }

        PayloadLeft = payloadLength;
        return true;
    }

    /// <summary>Waits for the next piece of the payload, of which there must be a unit at least.</summary>
    /// <param name="unit">The piece is a multiple of so many bytes: at most <see cref="MaxHeaderBytes"/>.</param>
    /// <param name="maximum">It has no more bytes than this: a unit or more.</param>
    /// <returns>The piece, valid until the next call of a method.</returns>
    /// <exception cref="ProtocolException">The connection ended within the payload.</exception>
    /// <exception cref="IOException">The connection is lost, or nothing came for too long.</exception>
    public ReadOnlySpan<byte> ReadPayload(int unit, int maximum)
    {
        Hold(unit);
        int count = Math.Min(Math.Min(maximum, PayloadLeft), _to - _from);
        count -= count % unit;
        ReadOnlySpan<byte> piece = _buffer.AsSpan(_from, count);
        _from += count;
        PayloadLeft -= count;
        return piece;
    }

    /// <summary>A line break alone is taken for nothing.</summary>
    private bool SkipEmpty(int length)
    {
        bool isEmpty = _buffer.AsSpan(_from, length).Trim("\r\n"u8).IsEmpty;
        _from += isEmpty ? length : 0;
        return isEmpty;
    }

    /// <summary>Waits for a whole line.</summary>
    /// <returns>Its bytes, with the line break; 0 when the client has closed the connection.</returns>
    private int ReadLine()
    {
        int searched = 0;
        while (true)
        {
            int held = Math.Min(_to - _from, MaxHeaderBytes);
            int end = _buffer.AsSpan(_from + searched, held - searched).IndexOf((byte)'\n');
            if (end >= 0)
            {
                return searched + end + 1;
            }

            searched = held;
            if (searched == MaxHeaderBytes)
            {
                throw new ProtocolException($"the header has more than {MaxHeaderBytes} bytes; allowed: a line of JSON of at most {MaxHeaderBytes} bytes");
            }

            if (!TryFill(searched > 0))
            {
                return searched == 0 ? 0 : throw Ended();
            }
        }
    }

    /// <summary>Waits until so many bytes are in the buffer.</summary>
    private void Hold(int count)
    {
        while (_to - _from < count)
        {
            if (!TryFill(isWithin: true))
            {
                throw Ended();
            }
        }
    }

    private bool TryFill(bool isWithin)
    {
        Await(isWithin);
        if (_from > 0)
        {
            _buffer.AsSpan(_from, _to - _from).CopyTo(_buffer);
            _to -= _from;
            _from = 0;
        }

        int count = stream.Read(_buffer, _to, _buffer.Length - _to);
        _to += count;
        if (!isWithin)
        {
            _isIdle = false;
            Volatile.Write(ref _began, Environment.TickCount64);
        }

        return count > 0;
    }

    /// <summary>Sets how long the next bytes may take.</summary>
    private void Await(bool isWithin)
    {
        if (limits is null || !stream.CanTimeout)
        {
            return;
        }

        if (isWithin && Environment.TickCount64 - _began > limits.Message.TotalMilliseconds)
        {
            throw new ProtocolException($"the message has not come within {limits.Message.TotalSeconds:0.#} s");
        }

        _isIdle = !isWithin && !IsInStream;
        TimeSpan wait = _isIdle || limits.Idle < limits.Silence ? limits.Idle : limits.Silence;
        if (wait != _wait)
        {
            _wait = wait;
            stream.ReadTimeout = (int)wait.TotalMilliseconds;
        }
    }

    private static ProtocolException Ended() => new("the connection ended within a message");
}
