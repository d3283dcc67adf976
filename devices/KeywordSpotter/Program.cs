using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace KeywordSpotter;

/// <summary>The program <c>kws</c>: finds spoken keywords in audio, trains the models that do it and measures them.</summary>
public static class Program
{
    private static int Main(string[] args)
    {
        using var stop = new CancellationTokenSource();
        // The first Ctrl+C asks the command to finish its work; a second one ends the process at once.
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        }

        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using TextWriter output = StandardOutput.OpenWriter();
        return Run(args, OpenInput, output, StandardOutput.OpenErrorWriter(), stop.Token);
    }

    private static Stream OpenInput() => OperatingSystem.IsWindows()
        ? Console.OpenStandardInput()
        : new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);

    /// <summary>Runs one command line and returns its exit status: 0 done, 1 bad input, 2 bad usage.</summary>
    /// <param name="args">The arguments, without the program's name.</param>
    /// <param name="openInput">Opens standard input; called only by a command that reads it.</param>
    /// <param name="output">Results.</param>
    /// <param name="error">Errors (one line each) and progress.</param>
    /// <param name="stop">Ends a running command early, as Ctrl+C does.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static int Run(string[] args, Func<Stream> openInput, TextWriter output, TextWriter error, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(openInput);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(error);
        return CommandLine.Run(args, new Terminal(openInput, output, error, stop));
    }
}
