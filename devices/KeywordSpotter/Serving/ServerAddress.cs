using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace KeywordSpotter.Serving;

/// <summary>Where a server is to be found: <c>tcp://HOST:PORT</c> or <c>unix:///PATH</c>.</summary>
internal sealed class ServerAddress
{
    private const string Tcp = "tcp://";
    private const string Unix = "unix://";
    private const int Backlog = 64;

    private readonly string _text;
    private readonly EndPoint _endPoint;
    private readonly string? _path;

    private ServerAddress(string text, EndPoint endPoint, string? path)
    {
        _text = text;
        _endPoint = endPoint;
        _path = path;
    }

    /// <summary>Whether other machines can reach it.</summary>
    public bool IsOpen => _endPoint is IPEndPoint { Address: var address } && !IPAddress.IsLoopback(address);

    /// <summary>Reads the value of --uri.</summary>
    /// <exception cref="UsageException">It is neither form.</exception>
    public static ServerAddress Parse(string text)
    {
        if (text.StartsWith(Tcp, StringComparison.Ordinal) && ParseEndPoint(text[Tcp.Length..]) is { } endPoint)
        {
            return new ServerAddress(text, endPoint, null);
        }

        if (text.StartsWith(Unix + "/", StringComparison.Ordinal))
        {
            try
            {
                string path = text[Unix.Length..];
                return new ServerAddress(text, new UnixDomainSocketEndPoint(path), path);
            }
            catch (ArgumentException)
            {
                // Longer than the name of a socket can be, which is about 100 characters.
            }
        }

        throw new UsageException($"--uri is '{text}'; allowed: tcp://HOST:PORT with an IP address or localhost as HOST and 0 to 65535 as PORT, or unix:///PATH of a socket");
    }

    /// <summary>Takes the address for this process.</summary>
    /// <returns>A socket that takes connections, which removes its file when it is disposed, and the address with the port that it has got.</returns>
    /// <exception cref="InputException">It is in use, or not to be had.</exception>
    public (Socket Listener, string Uri) Listen()
    {
        if (_path is not null)
        {
            RemoveLeftover(_path);
        }

        var listener = new Socket(_endPoint.AddressFamily, SocketType.Stream, _path is null ? ProtocolType.Tcp : ProtocolType.Unspecified);
        try
        {
            if (_endPoint is IPEndPoint { AddressFamily: AddressFamily.InterNetworkV6 } any && any.Address.Equals(IPAddress.IPv6Any))
            {
                listener.DualMode = true; // all addresses are also those of version 4
            }

            listener.Bind(_endPoint);
            listener.Listen(Backlog);
            return (listener, listener.LocalEndPoint is IPEndPoint bound ? $"{Tcp}{bound}" : _text);
        }
        catch (SocketException exception)
        {
            listener.Dispose();
            throw new InputException(exception.SocketErrorCode == SocketError.AddressAlreadyInUse
                ? $"{_text}: in use by another program; allowed: an address that is free (see --uri)"
                : $"{_text}: cannot be served: {exception.Message}");
        }
    }

    private static IPEndPoint? ParseEndPoint(string text)
    {
        int colon = text.LastIndexOf(':');
        if (colon < 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
        {
            return null;
        }

        string host = text[..colon];
        if (host == "localhost")
        {
            return new IPEndPoint(IPAddress.Loopback, port);
        }

        bool isVersion6 = host.StartsWith('[') && host.EndsWith(']');
        return IPAddress.TryParse(isVersion6 ? host[1..^1] : host, out IPAddress? address) && isVersion6 == (address.AddressFamily == AddressFamily.InterNetworkV6)
            ? new IPEndPoint(address, port)
            : null;
    }

    /// <summary>A socket whose server ended without removing it can be replaced; nothing else.</summary>
    private void RemoveLeftover(string path)
    {
        if (!File.Exists(path))
        {
            return;
        }

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(_endPoint);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused && new FileInfo(path).Length == 0)
        {
            File.Delete(path);
            return;
        }
        catch (SocketException exception)
        {
            throw new InputException($"{_text}: cannot be served: {exception.Message}");
        }

        throw new InputException($"{_text}: in use by another program; allowed: an address that is free (see --uri)");
    }
}
