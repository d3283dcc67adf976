using System.Net.Sockets;
using System.Text;

namespace KeywordSpotter.Tests.Health;

/// <summary>Plays the service manager: the socket that receives what a service has to say.</summary>
public sealed class NotifySocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly string? _path;

    /// <summary>Binds the socket.</summary>
    /// <param name="isAbstract">With a name of its own instead of one in the file system.</param>
    public NotifySocket(bool isAbstract = false)
    {
        string name = $"kws-notify-{Guid.NewGuid():N}";
        _path = isAbstract ? null : Path.Combine(Path.GetTempPath(), name);
        Address = isAbstract ? "@" + name : _path!;
        _socket.Bind(new UnixDomainSocketEndPoint(isAbstract ? "\0" + name : Address));
        _socket.ReceiveTimeout = 30_000;
    }

    /// <summary>For NOTIFY_SOCKET.</summary>
    public string Address { get; }

    /// <summary>Whether a message waits to be received.</summary>
    public bool HasMessage => _socket.Available > 0;

    /// <summary>Waits for the next message; fails after half a minute.</summary>
    public string Receive()
    {
        byte[] bytes = new byte[4096];
        return Encoding.UTF8.GetString(bytes, 0, _socket.Receive(bytes));
    }

    /// <summary>Whether a message comes in that time.</summary>
    public bool Waits(TimeSpan time) => _socket.Poll(time, SelectMode.SelectRead);

    /// <summary>Closes the socket and removes its file.</summary>
    public void Dispose()
    {
        _socket.Dispose();
        if (_path is not null)
        {
            File.Delete(_path);
        }
    }
}
