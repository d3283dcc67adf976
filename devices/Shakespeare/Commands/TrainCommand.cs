using System.Globalization;
using Devices.Usage;
using Shakespeare.Training;

namespace Shakespeare.Commands;

/// <summary><c>shakespeare train</c>: a model from a text.</summary>
internal static class TrainCommand
{
    public static Command Create(Terminal terminal)
    {
        Option text = Option.Text("--text", "file", "The text to learn from, UTF-8; its beginning and its end are held out.", required: true);
        Option output = Option.Text("--out", "file", "Weight file to write (safetensors).", required: true);
        var recipe = new RecipeOptions();
        return new Command
        {
            Name = "train",
            Summary = "Trains a model on a text and keeps its best epoch. Ctrl+C ends training and keeps the best so far.",
            Options = [text, output, .. recipe.All],
            Run = arguments => Run(terminal, arguments.Given(text), recipe.Read(arguments), arguments.Given(output)),
        };
    }

    private static int Run(Terminal terminal, string textPath, TrainingOptions options, string path)
    {
        OutputFile.CheckWritable(path, "--out", ("--text", [textPath]));
        TextSplit text = TextSplit.Cut(TextFile.Read(textPath, terminal), options.Validation, options.Test);
        using var session = new TrainingSession(text, options);
        terminal.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"characters for training+validation+test: {session.Characters:N0}+{text.Validation.Length:N0}+{text.Test.Length:N0}; tokens {session.Tokens}"));
        EpochReport kept = BestEpoch.Keep<EpochReport>(
            ended => session.Run(ended, terminal.Stop), report => report.Model.Save(path, Notes(options, report)), report => Format(report, options), path, terminal.Error);

        terminal.Output.WriteLine($"{path}: epoch {kept.Number}{Results(kept)}{Test(kept, text)}");
        return CommandLine.Done;
    }

    private static string Format(EpochReport report, TrainingOptions options)
    {
        return string.Create(
            CultureInfo.InvariantCulture,
            $"epoch {report.Number}/{options.Epochs}  loss {report.Loss:0.0000}{Results(report)}  {report.CharactersPerSecond:N0} characters/s  {TimeText.Of(report.TimeLeft)} left{(report.Best ? "  *" : "")}");
    }

    private static string Results(EpochReport report) => report.Validation is { } nats
        ? string.Create(CultureInfo.InvariantCulture, $"  validation {nats:0.0000}")
        : "";

    /// <summary>The one look at the test part.</summary>
    private static string Test(EpochReport kept, TextSplit text)
    {
        if (text.Test.IsEmpty)
        {
            return "";
        }

        double nats = kept.Model.Score(text.Test.Span, CancellationToken.None).NatsPerToken;
        return string.Create(CultureInfo.InvariantCulture, $"  test {nats:0.0000} nats per character, perplexity {Math.Exp(nats):0.000}");
    }

    private static Dictionary<string, string> Notes(TrainingOptions options, EpochReport report) => new()
    {
        ["training.recipe"] = RecipeOptions.Describe(options),
        ["training.result"] = $"epoch {report.Number}{Results(report)}",
    };
}
