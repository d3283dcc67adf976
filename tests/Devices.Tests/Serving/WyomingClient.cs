using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace KeywordSpotter.Tests.Serving;

/// <summary>
/// A client written from the text of the protocol, which shares no code with the server. It writes bytes as the clients of Home Assistant do:
/// JSON with a space after each colon and comma, and data behind the line instead of in it.
/// </summary>
public sealed class WyomingClient : IDisposable
{
    /// <summary>Samples of a chunk, as most clients send them.</summary>
    public const int ChunkFrames = 1024;

    private readonly Socket _socket;
    private readonly NetworkStream _stream;

    /// <summary>Connects.</summary>
    public WyomingClient(string uri)
    {
        if (uri.StartsWith("unix://", StringComparison.Ordinal))
        {
            _socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            _socket.Connect(new UnixDomainSocketEndPoint(uri["unix://".Length..]));
        }
        else
        {
            var parts = new Uri(uri);
            _socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            _socket.Connect(parts.Host.Trim('[', ']'), parts.Port);
        }

        _socket.ReceiveTimeout = 120_000;
        _socket.SendTimeout = 120_000;
        _stream = new NetworkStream(_socket, ownsSocket: true);
    }

    /// <summary>Sends bytes as they are.</summary>
    public void SendRaw(ReadOnlySpan<byte> bytes) => _stream.Write(bytes);

    /// <summary>Sends text as it is.</summary>
    public void SendRaw(string text) => SendRaw(Encoding.UTF8.GetBytes(text));

    /// <summary>Sends an event.</summary>
    public void Send(string type, string? data = null, byte[]? payload = null) => SendRaw(Bytes(type, data, payload));

    /// <summary>An event as the clients of Home Assistant write it.</summary>
    public static byte[] Bytes(string type, string? data = null, byte[]? payload = null)
    {
        byte[] behind = Encoding.UTF8.GetBytes(data ?? "");
        string header = $"{{\"type\": \"{type}\", \"version\": \"1.5.4\"";
        header += behind.Length > 0 ? string.Create(CultureInfo.InvariantCulture, $", \"data_length\": {behind.Length}") : "";
        header += payload is not null ? string.Create(CultureInfo.InvariantCulture, $", \"payload_length\": {payload.Length}") : "";
        return [.. Encoding.UTF8.GetBytes(header + "}\n"), .. behind, .. payload ?? []];
    }

    /// <summary>Sends the start of a stream.</summary>
    public void Start(int rate = 16000, int width = 2, int channels = 1) => Send("audio-start", Format(rate, width, channels, null));

    /// <summary>Sends samples in chunks with time stamps, in ms from the first of them.</summary>
    public void SendAudio(byte[] audio, int rate = 16000, int width = 2, int channels = 1)
    {
        int chunk = ChunkFrames * width * channels;
        for (int at = 0; at < audio.Length; at += chunk)
        {
            long milliseconds = at / (width * channels) * 1000L / rate;
            Send("audio-chunk", Format(rate, width, channels, milliseconds), audio[at..Math.Min(audio.Length, at + chunk)]);
        }
    }

    /// <summary>Sends a stream from its start to its end.</summary>
    public void SendStream(ReadOnlySpan<float> audio)
    {
        Start();
        SendAudio(SmallAudio.Raw(audio));
        Stop();
    }

    /// <summary>Sends the end of a stream.</summary>
    public void Stop() => Send("audio-stop", "{\"timestamp\": null}");

    /// <summary>Says that nothing more will be sent.</summary>
    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Waits for an event.</summary>
    /// <returns>Its type and data; null when the server has closed the connection.</returns>
    public (string Type, JsonElement Data)? Receive()
    {
        var line = new List<byte>();
        for (int value = ReadByte(); value != '\n'; value = ReadByte())
        {
            if (value < 0)
            {
                Assert.Empty(line);
                return null;
            }

            line.Add((byte)value);
        }

        JsonElement header = JsonDocument.Parse(line.ToArray()).RootElement;
        byte[] data = new byte[header.TryGetProperty("data_length", out JsonElement length) ? length.GetInt32() : 0];
        _stream.ReadExactly(data);
        Assert.False(header.TryGetProperty("payload_length", out _));
        Assert.Matches(@"^1\.\d+\.\d+$", header.GetProperty("version").GetString());
        return (header.GetProperty("type").GetString()!, data.Length > 0 ? JsonDocument.Parse(data).RootElement : default);
    }

    /// <summary>Waits for an event of this type.</summary>
    public JsonElement Expect(string type)
    {
        (string Type, JsonElement Data)? found = Receive();
        Assert.Equal(type, found?.Type);
        return found!.Value.Data;
    }

    /// <summary>Waits for an error, and for the end of the connection behind it.</summary>
    /// <returns>The text of the error.</returns>
    public string ExpectError(string code)
    {
        JsonElement error = Expect("error");
        Assert.Equal(code, error.GetProperty("code").GetString());
        Assert.Null(Receive());
        return error.GetProperty("text").GetString()!;
    }

    /// <summary>Closes the connection.</summary>
    public void Dispose() => _stream.Dispose();

    /// <summary>-1 at the end, however it came: a server that drops a client need not say goodbye.</summary>
    private int ReadByte()
    {
        try
        {
            return _stream.ReadByte();
        }
        catch (IOException exception) when (exception.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.Shutdown })
        {
            return -1;
        }
    }

    private static string Format(int rate, int width, int channels, long? timestamp) => string.Create(
        CultureInfo.InvariantCulture, $"{{\"rate\": {rate}, \"width\": {width}, \"channels\": {channels}, \"timestamp\": {timestamp?.ToString(CultureInfo.InvariantCulture) ?? "null"}}}");
}
