using System.Globalization;
using Chorales.Training;
using Devices.Usage;

namespace Chorales.Commands;

/// <summary><c>chorales train</c>: a model from chorales.</summary>
internal static class TrainCommand
{
    public static Command Create(Terminal terminal)
    {
        Option data = Option.Text("--data", "file", "JSON with the parts \"train\" and \"valid\" (the JSB chorales in quarter notes).", required: true);
        Option output = Option.Text("--out", "file", "Weight file to write (safetensors).", required: true);
        var recipe = new RecipeOptions();
        return new Command
        {
            Name = "train",
            Summary = "Trains a model on chorales and keeps its best epoch. Ctrl+C ends training and keeps the best so far.",
            Options = [data, output, .. recipe.All],
            Run = arguments => Run(terminal, arguments.Given(data), recipe.Read(arguments), arguments.Given(output)),
        };
    }

    private static int Run(Terminal terminal, string dataPath, TrainingOptions options, string path)
    {
        OutputFile.CheckWritable(path, "--out", ("--data", [dataPath]));
        TrainingData data = TrainingData.Load(dataPath, options.HoldOut, (ulong)options.Seed);
        using var session = new TrainingSession(data, options);
        terminal.Error.WriteLine($"chorales for training+validation: {data.Training.Length}+{data.Validation.Length}; not seen {data.Unseen.Length}");
        EpochReport kept = BestEpoch.Keep<EpochReport>(
            ended => session.Run(ended, terminal.Stop), report => report.Model.Save(path, Notes(options, report)), report => Format(report, options), path, terminal.Error);

        string unseen = data.Unseen.Length == 0 ? "" : string.Create(
            CultureInfo.InvariantCulture, $"  not seen {ModelScore.Measure(kept.Model, data.Unseen).NatsPerStep:0.0000} nats per time step");
        terminal.Output.WriteLine($"{path}: epoch {kept.Number}{Results(kept)}{unseen}");
        return CommandLine.Done;
    }

    private static string Format(EpochReport report, TrainingOptions options)
    {
        return string.Create(
            CultureInfo.InvariantCulture, $"epoch {report.Number}/{options.Epochs}  loss {report.Loss:0.0000}{Results(report)}  {TimeText.Of(report.TimeLeft)} left{(report.Best ? "  *" : "")}");
    }

    private static string Results(EpochReport report) => report.Validation is { } nats
        ? string.Create(CultureInfo.InvariantCulture, $"  validation {nats:0.0000}")
        : "";

    private static Dictionary<string, string> Notes(TrainingOptions options, EpochReport report) => new()
    {
        ["training.recipe"] = RecipeOptions.Describe(options),
        ["training.result"] = $"epoch {report.Number}{Results(report)}",
    };
}
