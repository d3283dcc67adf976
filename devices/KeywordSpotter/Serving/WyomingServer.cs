using System.Globalization;
using System.Net.Sockets;
using KeywordSpotter.Health;
using KeywordSpotter.Spotting;
using NetworkStream = System.Net.Sockets.NetworkStream;

namespace KeywordSpotter.Serving;

/// <summary>
/// The wake-word service of the Wyoming protocol: a thread that takes connections, and one for each client, all on one set of weights. What a
/// client costs is bounded: its buffers have fixed sizes, it is dropped when it is silent or does not read its answers, and there are only so many.
/// </summary>
internal sealed class WyomingServer : IDisposable
{
    private const int StackBytes = 512 * 1024;

    /// <summary>A connection whose other end has vanished is asked so often.</summary>
    private const int KeepAliveSeconds = 15;

    /// <summary>A block of audio takes a millisecond; whoever works on one for so long is stuck.</summary>
    private static readonly TimeSpan s_stuck = TimeSpan.FromSeconds(10);

    private readonly SpotterModel _model;
    private readonly DetectorSettings _settings;
    private readonly ServerLimits _limits;
    private readonly SessionLog _log;
    private readonly Socket _listener;
    private readonly Dictionary<Thread, (Socket Socket, ClientSession Session)> _clients = [];
    private readonly CancellationTokenSource _stop;
    private Exception? _failure;

    /// <summary>Takes the address; nobody is served yet.</summary>
    /// <param name="address">Where to serve.</param>
    /// <param name="model">The network and what belongs to it.</param>
    /// <param name="settings">Of the detector.</param>
    /// <param name="limits">What clients may cost.</param>
    /// <param name="terminal">Receives a line for each keyword heard; its token ends <see cref="Run"/>.</param>
    /// <exception cref="InputException">The address is in use, or not to be had.</exception>
    public WyomingServer(ServerAddress address, SpotterModel model, DetectorSettings settings, ServerLimits limits, Terminal terminal)
    {
        _model = model;
        _settings = settings;
        _limits = limits;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(terminal.Stop);
        (_listener, Uri) = address.Listen();
        _log = new SessionLog(terminal, exception =>
        {
            _failure = exception;
            _stop.Cancel();
        });
    }

    /// <summary>The address, with the port that was found free when port 0 was asked for.</summary>
    public string Uri { get; }

    /// <summary>Clients that are served now.</summary>
    public int Clients
    {
        get
        {
            lock (_clients)
            {
                return _clients.Count;
            }
        }
    }

    /// <summary>How long the client has waited that has waited for longest without a stream of audio.</summary>
    public TimeSpan LongestIdle
    {
        get
        {
            lock (_clients)
            {
                return _clients.Values.Select(client => client.Session.IdleFor).DefaultIfEmpty().Max();
            }
        }
    }

    /// <summary>Serves until the program is asked to stop, then ends all sessions.</summary>
    /// <param name="notifier">Is told that clients can come, how many there are, and beats while none of them is stuck.</param>
    /// <exception cref="BrokenPipeException">Nobody reads the lines.</exception>
    public void Run(ServiceNotifier notifier)
    {
        var accepting = new Thread(Accept, StackBytes) { IsBackground = true, Name = "accept" };
        accepting.Start();
        notifier.Ready($"serving at {Uri}");
        int told = 0;
        do
        {
            int clients = Clients;
            if (clients != told)
            {
                told = clients;
                notifier.Status($"serving at {Uri}; clients: {clients.ToString(CultureInfo.InvariantCulture)}");
            }

            if (!IsAnyStuck())
            {
                notifier.Beat();
            }
        }
        while (!_stop.Token.WaitHandle.WaitOne(notifier.IsActive ? 1000 : Timeout.Infinite));

        notifier.Stopping();
        Close(accepting);
        if (_failure is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>Frees the address.</summary>
    public void Dispose()
    {
        _listener.Dispose();
        _log.Dispose();
        _stop.Dispose();
    }

    private bool IsAnyStuck()
    {
        lock (_clients)
        {
            foreach ((_, ClientSession session) in _clients.Values)
            {
                if (session.WorkingFor > s_stuck)
                {
                    return true;
                }
            }

            return false;
        }
    }

    private void Accept()
    {
        for (long number = 1; !_stop.IsCancellationRequested; number++)
        {
            try
            {
                Admit(_listener.Accept(), number);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // A client that went at once, or no descriptor is free for it: others may have better luck. At the end the listener is closed.
                _stop.Token.WaitHandle.WaitOne(100);
            }
        }
    }

    private void Admit(Socket socket, long number)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"client {number}");
        try
        {
            socket.SendTimeout = (int)_limits.Patience.TotalMilliseconds;
            if (socket.AddressFamily != AddressFamily.Unix)
            {
                name = $"{name} {socket.RemoteEndPoint}";
                socket.NoDelay = true;
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
                socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
                socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveSeconds);
            }

            var stream = new NetworkStream(socket);
            var session = new ClientSession(name, stream, _model, _settings, _limits, _log);
            var thread = new Thread(() => Serve(session, socket), StackBytes) { IsBackground = true, Name = name };
            if (TryAdd(thread, socket, session))
            {
                thread.Start();
                return;
            }

            string reason = $"there are {_limits.Clients} clients already, which is all that are allowed";
            _log.Refused(name, reason);
            new MessageWriter(stream).Error(reason, "too-many-clients");
            socket.Dispose();
        }
        catch (IOException)
        {
            socket.Dispose();
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }

    private bool TryAdd(Thread thread, Socket socket, ClientSession session)
    {
        lock (_clients)
        {
            bool isFree = !_stop.IsCancellationRequested && (_clients.Count < _limits.Clients || DropIdle());
            if (isFree)
            {
                _clients.Add(thread, (socket, session));
            }

            return isFree;
        }
    }

    /// <summary>Makes room: the client that has waited for longest without a stream of audio leaves.</summary>
    private bool DropIdle()
    {
        (Thread? thread, TimeSpan longest) = (null, _limits.Silence);
        foreach ((Thread candidate, (_, ClientSession session)) in _clients)
        {
            if (session.IdleFor > longest)
            {
                (thread, longest) = (candidate, session.IdleFor);
            }
        }

        if (thread is null || !_clients.Remove(thread, out (Socket Socket, ClientSession Session) client))
        {
            return false;
        }

        _log.Refused(client.Session.Name, "idle, and others wait");
        Disconnect(client.Socket);
        return true;
    }

    /// <summary>The thread of a client.</summary>
    private void Serve(ClientSession session, Socket socket)
    {
        try
        {
            session.Run();
            Leave(socket);
        }
        catch (Exception exception)
        {
            // Whatever a client causes ends its own session only.
            _log.Refused(session.Name, $"internal error: {exception.GetType().Name}: {exception.Message}");
        }
        finally
        {
            lock (_clients)
            {
                _clients.Remove(Thread.CurrentThread);
            }

            socket.Dispose();
        }
    }

    /// <summary>Reads what the client still sends, for a moment: closed with unread bytes, a connection loses its last answer as well.</summary>
    private void Leave(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
            socket.ReceiveTimeout = 1000;
            byte[] rest = new byte[4096];
            long until = Environment.TickCount64 + (long)_limits.Patience.TotalMilliseconds;
            while (Environment.TickCount64 < until && socket.Receive(rest) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // Gone.
        }
    }

    private void Close(Thread accepting)
    {
        _listener.Dispose();
        KeyValuePair<Thread, (Socket Socket, ClientSession Session)>[] clients;
        lock (_clients)
        {
            clients = [.. _clients];
        }

        foreach ((_, (Socket socket, _)) in clients)
        {
            Disconnect(socket);
        }

        long until = Environment.TickCount64 + (long)_limits.Patience.TotalMilliseconds;
        TimeSpan Left() => TimeSpan.FromMilliseconds(Math.Max(0, until - Environment.TickCount64));
        accepting.Join(Left());
        foreach ((Thread thread, _) in clients)
        {
            thread.Join(Left());
        }

        _log.Close(Left());
    }

    private static void Disconnect(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It has gone by itself.
        }
    }
}
