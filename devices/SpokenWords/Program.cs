using Seq.Embedded.Audio;
using SpokenWords.Commands;

namespace SpokenWords;

/// <summary>The program <c>words</c>: trains classifiers of single spoken words, measures them on speakers they never heard, and uses them.</summary>
public static class Program
{
    private static CommandLine CommandLine { get; } = new()
    {
        Name = "words",
        Summary = "Tells single spoken words apart.",
        Commands =
        [
            ("train", TrainCommand.Create),
            ("evaluate", EvaluateCommand.Create),
            ("classify", ClassifyCommand.Create),
        ],
        IsBadInput = exception => exception is AudioFormatException,
    };

    private static int Main(string[] args) => CommandLine.Run(args);

    /// <summary>Runs one command line and returns its exit status: 0 done, 1 bad input, 2 bad usage.</summary>
    /// <param name="args">The arguments, without the program's name.</param>
    /// <param name="output">Results.</param>
    /// <param name="error">Errors (one line each) and progress.</param>
    /// <param name="stop">Ends a running command early, as Ctrl+C does.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static int Run(string[] args, TextWriter output, TextWriter error, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(error);
        return CommandLine.Run(args, new Terminal(() => Stream.Null, output, error, stop));
    }
}
