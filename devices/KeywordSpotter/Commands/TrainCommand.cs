using System.CommandLine;
using System.Globalization;
using KeywordSpotter.Data;
using KeywordSpotter.Training;
using Seq.Embedded.Audio;

namespace KeywordSpotter.Commands;

/// <summary><c>kws train</c>: a model from folders of recordings.</summary>
internal static class TrainCommand
{
    public static Command Create(Terminal terminal)
    {
        var data = new Option<string>("--data")
        {
            Description = "Folder with one folder of WAV clips per keyword (the layout of Google Speech Commands). "
                + "Folders named _background_noise_ or background count as --background.",
            HelpName = "dir",
            Required = true,
        };
        Option<string[]> background = Options.Folders("--background", "Folders of WAV files without keywords, of any length: speech and other words.");
        Option<string[]> noise = Options.Folders("--noise", "Folders of WAV files of noise to mix in.");
        var output = new Option<string>("--out") { Description = "Weight file to write (safetensors).", HelpName = "file", Required = true };
        var recipe = new RecipeOptions();
        var command = new Command("train", "Trains a model on recordings and keeps its best epoch. Ctrl+C ends training and keeps the best so far.")
        {
            data, background, noise, output,
        };
        foreach (Option option in recipe.All)
        {
            command.Options.Add(option);
        }

        command.SetAction(parsed => Run(
            terminal,
            new TrainingFolders(parsed.GetRequiredValue(data), parsed.GetValue(background) ?? [], parsed.GetValue(noise) ?? []),
            recipe.Read(parsed),
            parsed.GetRequiredValue(output)));
        return command;
    }

    private static int Run(Terminal terminal, TrainingFolders folders, TrainingOptions options, string path)
    {
        CheckWritable(path);
        TrainingData data = Load(folders, options, terminal.Stop);
        using var session = new TrainingSession(data, options);
        terminal.Error.WriteLine(Describe(data));
        EpochReport? kept = null;
        session.Run(
            report =>
            {
                if (report.Best)
                {
                    kept = report;
                    report.Model.Save(path, Notes(options, report));
                }

                terminal.Error.WriteLine(Format(report, options));
            },
            terminal.Stop);
        if (kept is null)
        {
            throw new InputException("stopped before the first epoch was complete; nothing is saved");
        }

        terminal.Output.WriteLine($"{path}: epoch {kept.Number}{Results(kept)}");
        return CommandLine.Done;
    }

    private static TrainingData Load(TrainingFolders folders, TrainingOptions options, CancellationToken stop)
    {
        try
        {
            return TrainingData.Load(folders, new FeatureSettings().SampleRate, options.Validation, options.Threads, stop);
        }
        catch (OperationCanceledException)
        {
            throw new InputException("stopped before training began; nothing is saved");
        }
    }

    /// <summary>Finds out before training, not after it, that the result cannot be saved.</summary>
    private static void CheckWritable(string path)
    {
        if (Directory.Exists(path))
        {
            throw new InputException($"{path}: is a folder; --out needs the name of a file");
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        if (!Directory.Exists(folder))
        {
            throw new InputException($"{path}: cannot be written, there is no folder {folder}");
        }

        string probe = Path.Combine(folder, $".{Path.GetFileName(path)}.{Environment.ProcessId}.probe");
        File.Create(probe, 1, FileOptions.DeleteOnClose).Dispose();
    }

    private static string Describe(TrainingData data)
    {
        string keywords = string.Join(", ", data.Keywords.Select((name, i) => $"{name} {data.Training[i].Length}+{data.Validation[i].Length}"));
        Background training = data.TrainingBackground;
        Background validation = data.ValidationBackground;
        return $"clips for training+validation: {keywords}; running background {training.Speech.Length}+{validation.Speech.Length}, "
            + $"other words {training.Words.Length}+{validation.Words.Length}; noise recordings {data.Noise.Length}";
    }

    private static string Format(EpochReport report, TrainingOptions options)
    {
        string time = report.TimeLeft.ToString(report.TimeLeft.TotalHours >= 1 ? @"h\:mm\:ss" : @"m\:ss", CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"epoch {report.Number}/{options.Epochs}  loss {report.Loss:0.0000}{Results(report)}  {time} left{(report.Best ? "  *" : "")}");
    }

    private static string Results(EpochReport report) => report.Validation is { } result
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"  missed {100 * result.MissRate:0.0} %  false accepts {result.FalseAccepts} in {60 * result.Hours:0.0} min  accuracy {100 * result.Accuracy:0.0} %  threshold {result.Threshold:0.00}")
        : "";

    private static Dictionary<string, string> Notes(TrainingOptions options, EpochReport report) => new()
    {
        ["training.recipe"] = RecipeOptions.Describe(options),
        ["training.result"] = $"epoch {report.Number}{Results(report)}",
    };
}
