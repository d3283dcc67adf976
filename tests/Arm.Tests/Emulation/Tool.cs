using System.Diagnostics;

namespace Seq.Embedded.Arm.Emulation;

/// <summary>Programs that are run.</summary>
internal static class Tool
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    /// <summary>Runs a program to its end and returns what it wrote to standard output.</summary>
    /// <param name="folder">The folder that it runs in.</param>
    /// <param name="name">The program: a path, or the name of one that Debian's packages bring.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <exception cref="InvalidOperationException">It is not installed, its exit status is not 0, or it was ended after two minutes.</exception>
    public static byte[] Run(string folder, string name, params string[] arguments)
    {
        using var output = new MemoryStream();
        Run(folder, name, arguments, stream => stream.CopyTo(output));
        return output.ToArray();
    }

    /// <summary>Runs a program and reads its standard output while it runs.</summary>
    /// <exception cref="InvalidOperationException">It is not installed, or its exit status is not 0.</exception>
    public static void Run(string folder, string name, IReadOnlyList<string> arguments, Action<Stream> read)
    {
        using Process process = Start(folder, name, arguments);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        using var limit = new Timer(_ => process.Kill(), null, s_limit, Timeout.InfiniteTimeSpan);
        read(process.StandardOutput.BaseStream);
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{name} {string.Join(' ', arguments)}: exit status {process.ExitCode}\n{errors.Result}");
        }
    }

    private static Process Start(string folder, string name, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(name, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new InvalidOperationException(
                $"'{name}' cannot be started; on Debian: apt-get install -y qemu-user-static gcc-aarch64-linux-gnu libc6-dev-arm64-cross (and llvm for tests/Benchmarks/arm.sh)");
        }
    }
}
