using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;
using KeywordSpotter.Commands;
using Seq.Embedded.Audio;
using Seq.Embedded.Weights;

namespace KeywordSpotter;

/// <summary>The commands of the program, and the one place that turns failures into a line and an exit status.</summary>
internal static class CommandLine
{
    public const int Done = 0;
    public const int BadInput = 1;
    public const int BadUsage = 2;

    public static int Run(string[] args, Terminal terminal)
    {
        try
        {
            ParseResult parsed = Create(terminal).Parse(args);
            if (parsed.Errors.Count > 0 && parsed.Action is not (System.CommandLine.Help.HelpAction or VersionAction))
            {
                string command = parsed.CommandResult.Command is RootCommand ? "kws" : $"kws {parsed.CommandResult.Command.Name}";
                return Fail(terminal, $"{OneLine(parsed.Errors[0].Message)} (see {command} --help)", BadUsage);
            }

            int status = parsed.Invoke(new InvocationConfiguration
            {
                Output = terminal.Output,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
            });
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

    private static RootCommand Create(Terminal terminal)
    {
        var root = new RootCommand("Finds spoken keywords in audio. Without a command: listens to the bundled recording.")
        {
            ListenCommand.Create(terminal),
            TrainCommand.Create(terminal),
            EvaluateCommand.Create(terminal),
            InfoCommand.Create(terminal),
        };
        root.SetAction(_ => ListenCommand.Run(terminal, new ListenOptions()));
        foreach (Option option in root.Options)
        {
            if (option is VersionOption version)
            {
                version.Action = new VersionAction(terminal);
            }
        }

        return root;
    }

    private static bool IsBadInput(Exception exception) =>
        exception is InputException or AudioFormatException or AudioDeviceException or WeightFileException
            or IOException or UnauthorizedAccessException;

    private static int Fail(Terminal terminal, string message, int status)
    {
        terminal.Error.WriteLine($"kws: {OneLine(message)}");
        terminal.Error.Flush();
        return status;
    }

    private static string OneLine(string message) => message.ReplaceLineEndings(" ").Trim();

    /// <summary>Prints this program's version; the built-in action would print that of the process (a test host, say).</summary>
    private sealed class VersionAction(Terminal terminal) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            Version? version = typeof(Program).Assembly.GetName().Version;
            terminal.Output.WriteLine($"kws {version?.ToString(3)}");
            return Done;
        }
    }
}
