using KeywordSpotter.Commands;
using KeywordSpotter.Usage;
using Seq.Embedded.Audio;
using Seq.Embedded.Weights;

namespace KeywordSpotter;

/// <summary>
/// The commands of the program, and the one place that turns failures into a line and an exit status.
/// </summary>
/// <remarks>
/// The arguments are read by a few lines in <see cref="Usage"/>: System.CommandLine 2.0 was tried and works in a native
/// binary, but makes it 1.6 MB larger (4.6 MB instead of 3.1 MB).
/// </remarks>
internal static class CommandLine
{
    public const int Done = 0;
    public const int BadInput = 1;
    public const int BadUsage = 2;

    public static int Run(string[] args, Terminal terminal)
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
        catch (Exception exception) when (IsBadInput(exception))
        {
            return Fail(terminal, exception.Message, BadInput);
        }
        catch (Exception exception)
        {
            return Fail(terminal, $"internal error: {exception.GetType().Name}: {exception.Message}", BadInput);
        }
    }

    private static int Dispatch(string[] args, Terminal terminal)
    {
        Command[] commands =
        [
            ListenCommand.Create(terminal), TrainCommand.Create(terminal), EvaluateCommand.Create(terminal), QuantizeCommand.Create(terminal),
            InfoCommand.Create(terminal),
        ];
        if (args.Length == 0)
        {
            return ListenCommand.Run(terminal, new ListenOptions());
        }

        Command? command = Array.Find(commands, candidate => candidate.Name == args[0]);
        if (args.TakeWhile(word => word != "--").Any(word => word is "-h" or "-?" or "--help") && (command is not null || Arguments.IsOption(args[0])))
        {
            terminal.Output.Write(command is null ? Help.Of(commands) : Help.Of(command));
            return Done;
        }

        if (args is ["--version", ..])
        {
            terminal.Output.WriteLine(args.Length == 1
                ? $"kws {typeof(Program).Assembly.GetName().Version?.ToString(3)}"
                : throw new UsageException($"'{args[1]}' is one argument too many; allowed: none after --version (see kws --help)"));
            return Done;
        }

        if (command is null)
        {
            string names = string.Join(", ", commands.Select(known => known.Name));
            throw new UsageException(Arguments.IsOption(args[0])
                ? $"'{args[0]}' is no option; allowed: --help, --version, or the options of a command after its name: {names} (see kws --help)"
                : $"'{args[0]}' is no command; allowed: {names} (see kws --help)");
        }

        try
        {
            return command.Run(Arguments.Parse(command, args.AsSpan(1)));
        }
        catch (UsageException exception)
        {
            throw new UsageException($"{exception.Message} (see kws {command.Name} --help)");
        }
    }

    private static bool IsBadInput(Exception exception) =>
        exception is InputException or AudioFormatException or AudioDeviceException or WeightFileException
            or IOException or UnauthorizedAccessException;

    private static int Fail(Terminal terminal, string message, int status)
    {
        terminal.Error.WriteLine($"kws: {message.ReplaceLineEndings(" ").Trim()}");
        terminal.Error.Flush();
        return status;
    }
}
