using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace KeywordSpotter.Tests.Health;

/// <summary>The program as the service manager starts it: a process of its own, told by its environment whom to report to.</summary>
public sealed partial class ServiceProcessTests(TrainedModel model)
{
    private const int Terminate = 15;

    private static readonly TimeSpan s_watchdog = TimeSpan.FromMilliseconds(200);

    [Fact]
    public void Listen_beats_while_audio_flows_and_not_while_it_stands_still()
    {
        using var socket = new NotifySocket();
        using Process process = Start(socket, "listen", "-", "--model", model.Path);
        using Stream input = process.StandardInput.BaseStream;
        byte[] block = SmallAudio.Raw(SmallAudio.Background(900, 0.5));

        input.Write(block);
        input.Flush();
        string ready = socket.Receive();
        for (int beats = 0; beats < 3;)
        {
            input.Write(block);
            input.Flush();
            beats += socket.Waits(TimeSpan.FromMilliseconds(20)) && socket.Receive() == "WATCHDOG=1" ? 1 : 0;
        }

        // What is in the pipe is worked on at once; then there is nothing to beat for, over many times of the watchdog.
        while (socket.Waits(10 * s_watchdog))
        {
            Assert.Equal("WATCHDOG=1", socket.Receive());
        }

        Assert.StartsWith("READY=1\nSTATUS=", ready);
        Assert.False(process.HasExited);
        input.Write(block);
        input.Flush();
        Assert.Equal("WATCHDOG=1", socket.Receive());
        input.Close();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public void Listen_beats_while_it_waits_for_a_microphone()
    {
        using var socket = new NotifySocket();
        using Process process = Start(socket, "listen", "mic:none", "--wait", "--model", model.Path);
        for (int beats = 0; beats < 3;)
        {
            beats += socket.Receive() == "WATCHDOG=1" ? 1 : 0;
        }

        Assert.False(process.HasExited);
        process.Kill();
        process.WaitForExit();
    }

    [Fact]
    public void Serve_reports_that_it_is_ready_and_that_it_stops()
    {
        if (!OperatingSystem.IsLinux())
        {
            return; // there is no SIGTERM to be sent elsewhere
        }

        using var socket = new NotifySocket(isAbstract: true);
        using Process process = Start(socket, "serve", "--uri", "tcp://127.0.0.1:0", "--model", model.Path);

        Assert.StartsWith("READY=1\nSTATUS=serving at tcp://127.0.0.1:", socket.Receive());
        Assert.Equal("WATCHDOG=1", socket.Receive());
        Assert.Equal("WATCHDOG=1", socket.Receive());
        Assert.Equal(0, Kill(process.Id, Terminate));
        string last = socket.Receive();
        while (last == "WATCHDOG=1")
        {
            last = socket.Receive();
        }

        Assert.StartsWith("STOPPING=1", last);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private static Process Start(NotifySocket socket, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["NOTIFY_SOCKET"] = socket.Address;
        start.Environment["WATCHDOG_USEC"] = ((long)s_watchdog.TotalMicroseconds).ToString(CultureInfo.InvariantCulture);
        Process process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
