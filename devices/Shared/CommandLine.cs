using System.Runtime.InteropServices;
using Devices.Usage;
using Microsoft.Win32.SafeHandles;
using Seq.Embedded.Weights;

namespace Devices;

/// <summary>
/// A program of commands, and the one place that turns failures into a line and an exit status.
/// </summary>
/// <remarks>
/// The arguments are read by a few lines in <see cref="Usage"/>: System.CommandLine 2.0 was tried and works in a native
/// binary, but makes it 1.6 MB larger (4.6 MB instead of 3.1 MB).
/// </remarks>
internal sealed class CommandLine
{
    public const int Done = 0;
    public const int BadInput = 1;
    public const int BadUsage = 2;

    /// <summary>What the user types, such as <c>kws</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What the program does, in a sentence or two.</summary>
    public required string Summary { get; init; }

    /// <summary>Names of the commands, and what makes them: only the one that is asked for.</summary>
    public required IReadOnlyList<(string Name, Func<Terminal, Command> Create)> Commands { get; init; }

    /// <summary>What happens without any argument; null where a command must be named.</summary>
    public Func<Terminal, int>? Default { get; init; }

    /// <summary>Exceptions that mean bad input, besides <see cref="InputException"/> and those of files and weight files.</summary>
    public Predicate<Exception> IsBadInput { get; init; } = _ => false;

    private string Names => string.Join(", ", Array.ConvertAll([.. Commands], command => command.Name));

    /// <summary>Runs the program on the standard streams of its process: what <c>Main</c> does.</summary>
    public int Run(string[] args)
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
        return Run(args, new Terminal(OpenInput, output, StandardOutput.OpenErrorWriter(), stop.Token));
    }

    /// <summary>Runs one command line and returns its exit status.</summary>
    public int Run(string[] args, Terminal terminal)
    {
        try
        {
            int status = Dispatch(args, terminal);
            terminal.Output.Flush();
            return status;
        }
        catch (BrokenPipeException)
        {
            return Done;
        }
        catch (UsageException exception)
        {
            return Fail(terminal, exception.Message, BadUsage);
        }
        catch (Exception exception) when (
            exception is InputException or WeightFileException or IOException or UnauthorizedAccessException || IsBadInput(exception))
        {
            return Fail(terminal, exception.Message, BadInput);
        }
        catch (Exception exception)
        {
            return Fail(terminal, $"internal error: {exception.GetType().Name}: {exception.Message}", BadInput);
        }
    }

    private static Stream OpenInput() => OperatingSystem.IsWindows()
        ? Console.OpenStandardInput()
        : new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);

    private int Dispatch(string[] args, Terminal terminal)
    {
        if (args.Length == 0)
        {
            return Default is null ? throw new UsageException($"a command is missing; allowed: {Names} (see {Name} --help)") : Default(terminal);
        }

        Command? command = Create(args[0], terminal);
        int optionsEnd = Array.IndexOf(args, "--");
        ReadOnlySpan<string> words = optionsEnd < 0 ? args : args.AsSpan(0, optionsEnd);
        if (words.IndexOfAny("-h", "-?", "--help") >= 0 && (command is not null || Arguments.IsOption(args[0])))
        {
            terminal.Output.Write(command is null
                ? Help.Of(Name, Summary, Array.ConvertAll([.. Commands], known => known.Create(terminal)))
                : Help.Of(Name, command));
            return Done;
        }

        if (args is ["--version", ..])
        {
            terminal.Output.WriteLine(args.Length == 1
                ? $"{Name} {typeof(CommandLine).Assembly.GetName().Version?.ToString(3)}"
                : throw new UsageException($"'{args[1]}' is one argument too many; allowed: none after --version (see {Name} --help)"));
            return Done;
        }

        if (command is null)
        {
            throw new UsageException(Arguments.IsOption(args[0])
                ? $"'{args[0]}' is no option; allowed: --help, --version, or the options of a command after its name: {Names} (see {Name} --help)"
                : $"'{args[0]}' is no command; allowed: {Names} (see {Name} --help)");
        }

        try
        {
            return command.Run(Arguments.Parse(command, args.AsSpan(1)));
        }
        catch (UsageException exception)
        {
            throw new UsageException($"{exception.Message} (see {Name} {command.Name} --help)");
        }
    }

    /// <summary>The command of that name, or null.</summary>
    private Command? Create(string name, Terminal terminal)
    {
        foreach ((string known, Func<Terminal, Command> create) in Commands)
        {
            if (known == name)
            {
                return create(terminal);
            }
        }

        return null;
    }

    private int Fail(Terminal terminal, string message, int status)
    {
        terminal.Error.WriteLine($"{Name}: {message.ReplaceLineEndings(" ").Trim()}");
        terminal.Error.Flush();
        return status;
    }
}
