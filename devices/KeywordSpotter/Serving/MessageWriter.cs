using System.Buffers;
using System.Text.Json;
using KeywordSpotter.Spotting;

namespace KeywordSpotter.Serving;

/// <summary>Sends messages of the Wyoming protocol: a line of JSON, and its data behind it. One thread.</summary>
/// <param name="stream">To the client; each message is written in one piece.</param>
internal sealed class MessageWriter(Stream stream)
{
    /// <summary>Of the protocol whose messages these are.</summary>
    private const string Version = "1.7.2";

    private readonly ArrayBufferWriter<byte> _data = new();
    private readonly ArrayBufferWriter<byte> _message = new();

    /// <summary>A keyword was heard.</summary>
    /// <param name="name">The keyword.</param>
    /// <param name="timestamp">That of the chunk in which it was found, in ms; null when chunks have none.</param>
    /// <exception cref="IOException">The client does not take it.</exception>
    public void Detection(string name, long? timestamp) => Send("detection"u8, data =>
    {
        data.WriteString("name"u8, name);
        if (timestamp is { } time)
        {
            data.WriteNumber("timestamp"u8, time);
        }
        else
        {
            data.WriteNull("timestamp"u8);
        }
    });

    /// <summary>The audio has ended without a keyword.</summary>
    /// <exception cref="IOException">The client does not take it.</exception>
    public void NotDetected() => Send("not-detected"u8, null);

    /// <summary>What the service offers.</summary>
    /// <exception cref="IOException">The client does not take it.</exception>
    public void Info(SpotterModel model) => Send("info"u8, data => ServiceDescription.Write(data, model));

    /// <summary>The answer to a ping.</summary>
    /// <exception cref="IOException">The client does not take it.</exception>
    public void Pong(string? text) => Send("pong"u8, data => data.WriteString("text"u8, text));

    /// <summary>The last word before the connection is closed.</summary>
    /// <exception cref="IOException">The client does not take it.</exception>
    public void Error(string text, string code) => Send("error"u8, data =>
    {
        data.WriteString("text"u8, text);
        data.WriteString("code"u8, code);
    });

    private void Send(ReadOnlySpan<byte> type, Action<Utf8JsonWriter>? writeData)
    {
        _data.ResetWrittenCount();
        if (writeData is not null)
        {
            using var data = new Utf8JsonWriter(_data);
            data.WriteStartObject();
            writeData(data);
            data.WriteEndObject();
        }

        _message.ResetWrittenCount();
        using (var header = new Utf8JsonWriter(_message))
        {
            header.WriteStartObject();
            header.WriteString("type"u8, type);
            header.WriteString("version"u8, Version);
            if (_data.WrittenCount > 0)
            {
                header.WriteNumber("data_length"u8, _data.WrittenCount);
            }

            header.WriteEndObject();
        }

        _message.Write("\n"u8);
        _message.Write(_data.WrittenSpan);
        stream.Write(_message.WrittenSpan);
    }
}
