using System.Globalization;
using KeywordSpotter.Health;

namespace KeywordSpotter.Tests.Health;

public sealed class ServiceNotifierTests
{
    /// <summary>Of which half is over at every beat.</summary>
    private static readonly TimeSpan s_shortest = TimeSpan.FromTicks(1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Messages_reach_a_socket_of_either_kind_of_name(bool isAbstract)
    {
        if (isAbstract && !OperatingSystem.IsLinux())
        {
            return; // there are no such names elsewhere
        }

        using var socket = new NotifySocket(isAbstract);
        using var notifier = new ServiceNotifier(socket.Address, s_shortest);

        Assert.True(notifier.IsActive);
        notifier.Ready("listening to mic");
        Assert.Equal("READY=1\nSTATUS=listening to mic", socket.Receive());
        notifier.Beat();
        Assert.Equal("WATCHDOG=1", socket.Receive());
        notifier.Status("two\nlines");
        Assert.Equal("STATUS=two lines", socket.Receive());
        notifier.Stopping();
        Assert.Equal("STOPPING=1\nSTATUS=stopping", socket.Receive());
        Assert.False(socket.HasMessage);
    }

    [Fact]
    public void Beat_tells_the_watchdog_once_in_half_its_time()
    {
        using var socket = new NotifySocket();
        using var notifier = new ServiceNotifier(socket.Address, TimeSpan.FromDays(1));

        for (int i = 0; i < 1000; i++)
        {
            notifier.Beat();
        }

        Assert.Equal("WATCHDOG=1", socket.Receive());
        Assert.False(socket.HasMessage);
    }

    [Fact]
    public void Beat_allocates_nothing()
    {
        using var socket = new NotifySocket();
        using var notifier = new ServiceNotifier(socket.Address, s_shortest);
        notifier.Beat();
        socket.Receive();

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 5; i++)
        {
            notifier.Beat();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal("WATCHDOG=1", socket.Receive());
    }

    [Fact]
    public void Beat_does_not_wait_for_a_manager_that_is_busy()
    {
        using var socket = new NotifySocket();
        using var notifier = new ServiceNotifier(socket.Address, s_shortest);

        for (int i = 0; i < 10_000; i++)
        {
            notifier.Beat(); // far more than the queue holds; a blocked call would never return
        }

        Assert.Equal("WATCHDOG=1", socket.Receive());
    }

    [Fact]
    public void Beat_without_watchdog_says_nothing()
    {
        using var socket = new NotifySocket();
        using var notifier = new ServiceNotifier(socket.Address, null);

        notifier.Beat();

        Assert.False(socket.HasMessage);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("vsock:2:1234")]
    [InlineData("/no/such/socket")]
    [InlineData("@")]
    [InlineData("@kws-nobody-listens-there")]
    [InlineData("/a-name-too-long-for-a-socket/0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789")]
    public void Without_a_socket_nothing_happens(string? address)
    {
        using var notifier = new ServiceNotifier(address, s_shortest);

        Assert.False(notifier.IsActive);
        notifier.Ready("ready");
        notifier.Beat();
        notifier.Status("status");
        notifier.Stopping();
    }

    [Fact]
    public void A_manager_that_has_gone_is_no_failure()
    {
        var socket = new NotifySocket();
        using var notifier = new ServiceNotifier(socket.Address, s_shortest);
        socket.Dispose();

        notifier.Ready("ready");
        notifier.Beat();
        notifier.Stopping();
    }

    [Fact]
    public void Watchdog_is_read_from_the_environment()
    {
        string self = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

        Assert.Equal(TimeSpan.FromSeconds(30), ServiceNotifier.Watchdog("30000000", null));
        Assert.Equal(TimeSpan.FromSeconds(30), ServiceNotifier.Watchdog("30000000", ""));
        Assert.Equal(TimeSpan.FromSeconds(30), ServiceNotifier.Watchdog("30000000", self));
        Assert.Null(ServiceNotifier.Watchdog("30000000", self + "0"));
        Assert.Null(ServiceNotifier.Watchdog(null, self));
        Assert.Null(ServiceNotifier.Watchdog("0", self));
        Assert.Null(ServiceNotifier.Watchdog("-1", self));
        Assert.Null(ServiceNotifier.Watchdog("soon", self));
        Assert.Null(ServiceNotifier.Watchdog("9223372036854775807", self));
    }
}
