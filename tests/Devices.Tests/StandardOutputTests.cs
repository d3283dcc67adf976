using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace KeywordSpotter.Tests;

public sealed partial class StandardOutputTests
{
    private const int NonBlocking = 0x800; // O_NONBLOCK of Linux

    [Fact]
    public async Task Write_waits_while_a_non_blocking_pipe_is_full()
    {
        if (!OperatingSystem.IsLinux())
        {
            return; // the flag has other values elsewhere
        }

        byte[] data = [.. Enumerable.Range(0, 1_000_000).Select(i => (byte)(i * 7))]; // a pipe holds 64 kB
        int[] ends = new int[2];
        Assert.Equal(0, Pipe(ends, NonBlocking));
        using var output = new SafeFileHandle(ends[1], ownsHandle: true);
        Task writing = Task.Run(() => new StandardOutput(ends[1]).Write(data), TestContext.Current.CancellationToken);

        byte[] read = new byte[data.Length];
        using var input = new SafeFileHandle(ends[0], ownsHandle: true);
        for (int got = 0; got < read.Length;)
        {
            nint count = Read(ends[0], ref read[got], Math.Min(10_000, read.Length - got));
            got += (int)Math.Max(count, 0);
            Assert.False(writing.IsFaulted, writing.Exception?.ToString());
        }

        await writing;
        Assert.Equal(data, read);
    }

    [Fact]
    public void Write_to_a_closed_pipe_is_told_apart()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        int[] ends = new int[2];
        Assert.Equal(0, Pipe(ends, 0));
        using var output = new SafeFileHandle(ends[1], ownsHandle: true);
        new SafeFileHandle(ends[0], ownsHandle: true).Dispose();

        Assert.Throws<BrokenPipeException>(() => new StandardOutput(ends[1]).Write([1]));
    }

    [LibraryImport("libc", EntryPoint = "pipe2")]
    private static partial int Pipe([Out] int[] ends, int flags);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Read(int descriptor, ref byte buffer, nint count);
}
