namespace KeywordSpotter.Serving;

/// <summary>
/// Takes a byte stream of the Wyoming protocol apart: a line of JSON, then data_length bytes of JSON, then payload_length bytes.
/// Memory is one buffer of fixed size: what does not fit is refused, and a payload is handed on in pieces. One thread; allocates nothing per message.
/// </summary>
/// <param name="stream">From the client.</param>
internal sealed class MessageReader(Stream stream)
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

        int length = ReadLine();
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

            if (!TryFill())
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
            if (!TryFill())
            {
                throw Ended();
            }
        }
    }

    private bool TryFill()
    {
        if (_from > 0)
        {
            _buffer.AsSpan(_from, _to - _from).CopyTo(_buffer);
            _to -= _from;
            _from = 0;
        }

        int count = stream.Read(_buffer, _to, _buffer.Length - _to);
        _to += count;
        return count > 0;
    }

    private static ProtocolException Ended() => new("the connection ended within a message");
}
