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

    private static readonly string[] s_names = ["listen", "train", "evaluate", "quantize", "info"];

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
        if (args.Length == 0)
        {
            return ListenCommand.Run(terminal, new ListenOptions());
        }

        Command? command = Create(args[0], terminal);
        int optionsEnd = Array.IndexOf(args, "--");
        ReadOnlySpan<string> words = optionsEnd < 0 ? args : args.AsSpan(0, optionsEnd);
        if (words.IndexOfAny("-h", "-?", "--help") >= 0 && (command is not null || Arguments.IsOption(args[0])))
        {
            terminal.Output.Write(command is null ? Help.Of(Array.ConvertAll(s_names, name => Create(name, terminal)!)) : Help.Of(command));
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
            string names = string.Join(", ", s_names);
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

    /// <summary>The command of that name, or null.</summary>
    private static Command? Create(string name, Terminal terminal) => name switch
    {
        "listen" => ListenCommand.Create(terminal),
        "train" => TrainCommand.Create(terminal),
        "evaluate" => EvaluateCommand.Create(terminal),
        "quantize" => QuantizeCommand.Create(terminal),
        "info" => InfoCommand.Create(terminal),
        _ => null,
    };

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
