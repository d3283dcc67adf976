using KeywordSpotter.Commands;
using Seq.Embedded.Audio;

namespace KeywordSpotter;

/// <summary>The program <c>kws</c>: finds spoken keywords in audio, trains the models that do it and measures them.</summary>
public static class Program
{
    private static CommandLine CommandLine { get; } = new()
    {
        Name = "kws",
        Summary = "Finds spoken keywords in audio. Without a command: listens to the bundled recording.",
        Commands =
        [
            ("listen", ListenCommand.Create),
            ("train", TrainCommand.Create),
            ("evaluate", EvaluateCommand.Create),
            ("calibrate", CalibrateCommand.Create),
            ("enroll", EnrollCommand.Create),
            ("tune", TuneCommand.Create),
            ("review", ReviewCommand.Create),
            ("models", ModelsCommand.Create),
            ("serve", ServeCommand.Create),
            ("replay", ReplayCommand.Create),
            ("quantize", QuantizeCommand.Create),
            ("info", InfoCommand.Create),
        ],
        Default = terminal => ListenCommand.Run(terminal, new ListenOptions()),
        IsBadInput = exception => exception is AudioFormatException or AudioDeviceException,
    };

    private static int Main(string[] args) => CommandLine.Run(args);

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
