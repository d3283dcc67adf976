using System.Text.Json;

namespace KeywordSpotter.Serving;

/// <summary>
/// Reads the JSON of a message: <c>{"type": ..., "data": {...}, "data_length": ..., "payload_length": ...}</c>, and the further data behind it, which
/// is merged over the data in the header. Unknown properties are ignored. Allocates nothing but the texts of detect and ping.
/// </summary>
internal static class MessageParser
{
    private const int MaxNames = 100;

    /// <summary>Reads the line that begins a message.</summary>
    /// <param name="json">The line.</param>
    /// <param name="dataLength">Bytes of data that follow the line.</param>
    /// <param name="payloadLength">Bytes of payload that follow the data.</param>
    /// <exception cref="ProtocolException">It is no JSON object with a type, or a field that is needed here has the wrong type.</exception>
    public static Message ReadHeader(ReadOnlySpan<byte> json, out int dataLength, out int payloadLength)
    {
        dataLength = 0;
        payloadLength = 0;
        var message = default(Message);
        bool hasType = false;
        try
        {
            var reader = new Utf8JsonReader(json);
            Begin(ref reader, "the header");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("type"u8))
                {
                    message.Kind = ReadKind(ref reader);
                    hasType = true;
                }
                else if (reader.ValueTextEquals("data"u8))
                {
                    ReadObject(ref reader, ref message);
                }
                else if (reader.ValueTextEquals("data_length"u8))
                {
                    dataLength = ReadLength(ref reader, "data_length", MessageReader.MaxDataBytes);
                }
                else if (reader.ValueTextEquals("payload_length"u8))
                {
                    payloadLength = ReadLength(ref reader, "payload_length", MessageReader.MaxPayloadBytes);
                }
                else
                {
                    SkipValue(ref reader);
                }
            }

            reader.Read(); // anything but white space behind the object makes the reader throw
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw NoJson("the header", exception);
        }

        return hasType ? message : throw new ProtocolException("the header has no 'type'; allowed: a text");
    }

    /// <summary>Merges the data behind the header over what the header said.</summary>
    /// <exception cref="ProtocolException">It is no JSON object, or a field that is needed here has the wrong type.</exception>
    public static void ReadData(ReadOnlySpan<byte> json, ref Message message)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            Begin(ref reader, "the data");
            ReadFields(ref reader, ref message);
            reader.Read();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw NoJson("the data", exception);
        }
    }

    private static void Begin(ref Utf8JsonReader reader, string what)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new ProtocolException($"{what} is {Kind(reader.TokenType)}; allowed: an object");
        }
    }

    private static ProtocolException NoJson(string what, Exception exception) => new(exception is JsonException { BytePositionInLine: { } position }
        ? $"{what} is no JSON at its byte {position + 1}; allowed: an object"
        : $"{what} has a text that is no UTF-8");

    private static string Kind(JsonTokenType type) => type switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.String => "a text",
        JsonTokenType.Number => "a number",
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        JsonTokenType.Null => "null",
        _ => "nothing",
    };

    private static MessageKind ReadKind(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.String)
        {
            throw Wrong(ref reader, "type", "a text");
        }

        return reader.ValueTextEquals("audio-chunk"u8) ? MessageKind.AudioChunk
            : reader.ValueTextEquals("audio-start"u8) ? MessageKind.AudioStart
            : reader.ValueTextEquals("audio-stop"u8) ? MessageKind.AudioStop
            : reader.ValueTextEquals("describe"u8) ? MessageKind.Describe
            : reader.ValueTextEquals("detect"u8) ? MessageKind.Detect
            : reader.ValueTextEquals("ping"u8) ? MessageKind.Ping
            : MessageKind.Other;
    }

    private static int ReadLength(ref Utf8JsonReader reader, string name, int maximum)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return 0;
        }

        if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long length) || length < 0 || length > maximum)
        {
            throw Wrong(ref reader, name, $"a whole number from 0 to {maximum}");
        }

        return (int)length;
    }

    /// <summary>The data in the header; may be null.</summary>
    private static void ReadObject(ref Utf8JsonReader reader, ref Message message)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            ReadFields(ref reader, ref message);
        }
        else if (reader.TokenType != JsonTokenType.Null)
        {
            throw Wrong(ref reader, "data", "an object");
        }
    }

    /// <summary>From the start of an object to its end.</summary>
    private static void ReadFields(ref Utf8JsonReader reader, ref Message message)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("rate"u8))
            {
                message.Rate = ReadNumber(ref reader, "rate");
            }
            else if (reader.ValueTextEquals("width"u8))
            {
                message.Width = ReadNumber(ref reader, "width");
            }
            else if (reader.ValueTextEquals("channels"u8))
            {
                message.Channels = ReadNumber(ref reader, "channels");
            }
            else if (reader.ValueTextEquals("timestamp"u8))
            {
                message.Timestamp = ReadTimestamp(ref reader);
            }
            else if (reader.ValueTextEquals("text"u8))
            {
                reader.Read();
                message.Text = reader.TokenType == JsonTokenType.String ? reader.GetString() : SkipText(ref reader);
            }
            else if (reader.ValueTextEquals("names"u8))
            {
                message.Names = ReadNames(ref reader);
            }
            else
            {
                SkipValue(ref reader);
            }
        }
    }

    private static int? ReadNumber(ref Utf8JsonReader reader, string name)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.Null ? null
            : reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out int value) ? value
            : reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out double real) && (int)real == real ? (int)real // as 16000.0
            : throw Wrong(ref reader, name, "a whole number");
    }

    /// <summary>Whole milliseconds; some clients send fractions.</summary>
    private static long? ReadTimestamp(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.Null ? null
            : reader.TokenType != JsonTokenType.Number ? throw Wrong(ref reader, "timestamp", "a number")
            : reader.TryGetInt64(out long value) ? value
            : reader.TryGetDouble(out double number) && Math.Abs(number) < 1e15 ? (long)number
            : null;
    }

    private static List<string>? ReadNames(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw Wrong(ref reader, "names", "a list of texts");
        }

        var names = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (names.Count == MaxNames)
            {
                throw new ProtocolException($"'names' has more than {MaxNames}; allowed: 1 to {MaxNames} keywords");
            }

            names.Add(reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw Wrong(ref reader, "names", "a list of texts"));
        }

        return names;
    }

    private static string? SkipText(ref Utf8JsonReader reader)
    {
        reader.Skip();
        return null;
    }

    private static void SkipValue(ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Skip();
    }

    private static ProtocolException Wrong(ref Utf8JsonReader reader, string name, string allowed)
    {
        const int longest = 20;
        ReadOnlySpan<byte> value = reader.ValueSpan;
        string text = reader.TokenType == JsonTokenType.Number
            ? System.Text.Encoding.ASCII.GetString(value[..Math.Min(longest, value.Length)])
            : Kind(reader.TokenType);
        return new ProtocolException($"'{name}' is {text}; allowed: {allowed}");
    }
}
