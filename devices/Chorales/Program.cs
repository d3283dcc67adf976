using Chorales.Commands;

namespace Chorales;

/// <summary>The program <c>chorales</c>: trains models of polyphonic music, measures them and composes with them.</summary>
public static class Program
{
    private static CommandLine CommandLine { get; } = new()
    {
        Name = "chorales",
        Summary = "Models of polyphonic music, 88 notes a time step: learns from chorales, measures how well it foretells others, composes new ones.",
        Commands = [("train", TrainCommand.Create), ("generate", GenerateCommand.Create), ("evaluate", EvaluateCommand.Create)],
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
