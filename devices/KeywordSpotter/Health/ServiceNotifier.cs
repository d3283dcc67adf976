using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace KeywordSpotter.Health;

/// <summary>
/// Tells the service manager how the program is: systemd's notify protocol, one datagram of <c>NAME=VALUE</c> lines to the socket
/// that NOTIFY_SOCKET names. Does nothing where there is no such socket, so that callers need not ask.
/// </summary>
/// <remarks>
/// A message that cannot be delivered is no failure of the program: the manager sees that nothing came. Times are those of the monotonic
/// clock, which no setting of the wall clock moves. <see cref="Beat"/> is for one thread; everything else is thread-safe.
/// </remarks>
internal sealed class ServiceNotifier : IDisposable
{
    /// <summary>How often a message waits for the manager, whose queue holds few of them, and how long each time.</summary>
    private const int Tries = 20;
    private const int WaitMicroseconds = 50_000;

    private static readonly byte[] s_beat = "WATCHDOG=1"u8.ToArray();

    private readonly Socket? _socket;
    private readonly long _beatInterval; // in ticks of Stopwatch; 0: nobody waits for beats
    private long _nextBeat = long.MinValue;

    /// <summary>Connects to the manager's socket.</summary>
    /// <param name="address">A path, or <c>@</c> and an abstract name; anything else, or null, is nobody to tell.</param>
    /// <param name="watchdog">The manager restarts the program when it hears no beat for so long; null when it does not wait for beats.</param>
    public ServiceNotifier(string? address, TimeSpan? watchdog)
    {
        _socket = Connect(address);
        if (_socket is not null && watchdog is { } time && time > TimeSpan.Zero)
        {
            _beatInterval = Math.Max(1, (long)(time.TotalSeconds / 2 * Stopwatch.Frequency));
        }
    }

    /// <summary>Whether somebody is told.</summary>
    public bool IsActive => _socket is not null;

    /// <summary>What the service manager has put into the environment: NOTIFY_SOCKET, and WATCHDOG_USEC unless WATCHDOG_PID is another process.</summary>
    public static ServiceNotifier FromEnvironment() => new(
        Environment.GetEnvironmentVariable("NOTIFY_SOCKET"),
        Watchdog(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), Environment.GetEnvironmentVariable("WATCHDOG_PID")));

    /// <summary>The time of the watchdog, or null when the variables ask for none or are meant for another process.</summary>
    public static TimeSpan? Watchdog(string? microseconds, string? process) =>
        (string.IsNullOrEmpty(process) || process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture))
        && long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
        && value is > 0 and <= long.MaxValue / TimeSpan.TicksPerMicrosecond
            ? TimeSpan.FromTicks(value * TimeSpan.TicksPerMicrosecond)
            : null;

    /// <summary>The program has started: audio flows, or clients are waited for.</summary>
    /// <param name="status">A line for people, such as <c>systemctl status</c> shows.</param>
    public void Ready(string status) => Send($"READY=1\nSTATUS={Line(status)}");

    /// <summary>How it is going, in a line for people.</summary>
    public void Status(string status) => Send($"STATUS={Line(status)}");

    /// <summary>The program is about to end because it was asked to.</summary>
    public void Stopping() => Send("STOPPING=1\nSTATUS=stopping");

    /// <summary>
    /// To be called for every block of audio that has been worked on, and from nowhere else: tells the watchdog, at most twice in its time,
    /// that the program is alive. Never waits; allocates nothing.
    /// </summary>
    public void Beat()
    {
        if (_beatInterval == 0)
        {
            return;
        }

        long now = Stopwatch.GetTimestamp();
        if (now >= _nextBeat)
        {
            // A beat that finds the manager's queue full is tried again at the next block.
            _socket!.Send(s_beat, SocketFlags.None, out SocketError error);
            _nextBeat = error == SocketError.WouldBlock ? now : now + _beatInterval;
        }
    }

    /// <summary>Closes the socket.</summary>
    public void Dispose() => _socket?.Dispose();

    private static Socket? Connect(string? address)
    {
        if (string.IsNullOrEmpty(address) || address[0] is not ('/' or '@'))
        {
            return null;
        }

        Socket? socket = null;
        try
        {
            socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(address[0] == '@' ? '\0' + address[1..] : address));
            socket.Blocking = false;
            return socket;
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException or PlatformNotSupportedException)
        {
            // Nobody listens there, or the name is too long for a socket.
            socket?.Dispose();
            return null;
        }
    }

    /// <summary>A line break would begin another variable.</summary>
    private static string Line(string text) => text.ReplaceLineEndings(" ");

    private void Send(string message)
    {
        if (_socket is null)
        {
            return;
        }

        byte[] bytes = Encoding.UTF8.GetBytes(message);
        for (int i = 0; i < Tries; i++)
        {
            _socket.Send(bytes, SocketFlags.None, out SocketError error);
            if (error != SocketError.WouldBlock)
            {
                return;
            }

            _socket.Poll(WaitMicroseconds, SelectMode.SelectWrite);
        }
    }
}
