using System.Globalization;
using Chorales.Music;
using Devices.Usage;

namespace Chorales.Commands;

/// <summary><c>chorales evaluate</c>: how well the model foretells chorales.</summary>
internal static class EvaluateCommand
{
    public static Command Create(Terminal terminal)
    {
        Option model = SharedOptions.Model();
        return new Command
        {
            Name = "evaluate",
            Summary = "Measures the negative log-likelihood of each part of a file, in nats per time step.",
            Argument = ("FILE", "JSON with parts such as \"test\", each an array of chorales."),
            Options = [model],
            Run = arguments => Run(terminal, arguments.Text(model), arguments.Argument ?? throw new UsageException("FILE is missing")),
        };
    }

    private static int Run(Terminal terminal, string? modelPath, string path)
    {
        ChoraleModel model = SharedOptions.Load(modelPath);
        foreach ((string name, Chorale[] chorales) in ChoraleFile.Read(path))
        {
            ModelScore score;
            try
            {
                score = ModelScore.Measure(model, chorales, terminal.Stop);
            }
            catch (OperationCanceledException)
            {
                throw new InputException($"{path}: stopped before everything was read");
            }

            terminal.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{name}: {chorales.Length:N0} chorales, {score.Steps:N0} time steps foretold, {score.NatsPerStep:0.0000} nats per time step"));
        }

        return CommandLine.Done;
    }
}
