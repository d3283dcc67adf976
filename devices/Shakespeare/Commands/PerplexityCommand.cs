using System.Globalization;
using Devices.Usage;
using Seq.Embedded.Text;

namespace Shakespeare.Commands;

/// <summary><c>shakespeare perplexity</c>: how well the model knows a text.</summary>
internal static class PerplexityCommand
{
    public static Command Create(Terminal terminal)
    {
        Option model = SharedOptions.Model();
        return new Command
        {
            Name = "perplexity",
            Summary = "Measures how well the model foretells each character of a text from those before it.",
            Argument = ("FILE", "The text, UTF-8; - for standard input."),
            Options = [model],
            Run = arguments => Run(terminal, arguments.Argument ?? throw new UsageException("FILE is missing"), arguments.Text(model)),
        };
    }

    private static int Run(Terminal terminal, string path, string? modelPath)
    {
        LanguageModel model = LanguageModel.Load(modelPath);
        TextScorer score;
        try
        {
            score = model.Score(TextFile.Read(path, terminal), terminal.Stop);
        }
        catch (OperationCanceledException)
        {
            throw new InputException($"{path}: stopped before the whole text was read");
        }

        void Line(FormattableString line) => terminal.Output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
        Line($"characters       {score.Tokens:N0}, {score.UnknownTokens:N0} of them unknown to {model.Name}");
        Line($"log-probability  {score.LogProbability:N1} nats");
        Line($"per character    {score.NatsPerToken:0.0000} nats, {score.NatsPerToken / Math.Log(2):0.0000} bits");
        Line($"perplexity       {score.Perplexity:0.000}");
        return CommandLine.Done;
    }
}
