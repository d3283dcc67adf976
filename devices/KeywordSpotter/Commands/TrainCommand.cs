using System.Globalization;
using Devices.Usage;
using KeywordSpotter.Data;
using KeywordSpotter.Reports;
using KeywordSpotter.Training;
using Seq.Embedded.Audio;

namespace KeywordSpotter.Commands;

/// <summary><c>kws train</c>: a model from folders of recordings.</summary>
internal static class TrainCommand
{
    public static Command Create(Terminal terminal)
    {
        Option data = Option.Text(
            "--data",
            "dir",
            "Folder with one folder of WAV clips per keyword (the layout of Google Speech Commands). "
                + "Folders named _background_noise_ or background count as --background.",
            required: true);
        Option extra = Option.Folders(
            "--extra", "Folders like --data with more clips of its keywords, such as synthetic speech: trained on, never used to choose epoch and threshold.");
        Option background = Option.Folders("--background", "Folders of WAV files without keywords, of any length: speech and other words.");
        Option noise = Option.Folders("--noise", "Folders of WAV files of noise to mix in.");
        Option output = Option.Text("--out", "file", "Weight file to write (safetensors).", required: true);
        Option report = Option.Text("--report", "file", "Page to write after each epoch (HTML): curves, mistakes, recipe, time and memory.");
        var recipe = new RecipeOptions();
        return new Command
        {
            Name = "train",
            Summary = "Trains a model on recordings and keeps its best epoch. Ctrl+C ends training and keeps the best so far.",
            Options = [data, extra, background, noise, output, report, .. recipe.All],
            Run = arguments => Run(
                terminal,
                new TrainingFolders(arguments.Given(data), arguments.Texts(extra), arguments.Texts(background), arguments.Texts(noise)),
                recipe.Read(arguments),
                arguments.Given(output),
                arguments.Text(report)),
        };
    }

    private static int Run(Terminal terminal, TrainingFolders folders, TrainingOptions options, string path, string? page)
    {
        OutputFile.CheckWritable(path);
        if (page is not null)
        {
            OutputFile.CheckWritable(page, "--report");
            if (Path.GetFullPath(page) == Path.GetFullPath(path))
            {
                throw new UsageException($"--report is '{page}', the file of --out; allowed: another file");
            }
        }

        TrainingData data = Load(folders, options, terminal);
        using var session = new TrainingSession(data, options);
        terminal.Error.WriteLine(Describe(data));
        var report = new TrainingReport(Command(folders, options, path), options, data, session.Memory);
        EpochReport? kept = null;
        try
        {
            session.Run(
                (epoch, model) =>
                {
                    if (epoch.Best)
                    {
                        kept = epoch;
                        model.Save(path, Notes(options, epoch));
                    }

                    report.Add(epoch, model);
                    SavePage(ended: false);
                    terminal.Error.WriteLine(Format(epoch, options));
                },
                terminal.Stop);
        }
        catch (InputException exception) when (kept is not null)
        {
            throw new InputException($"{exception.Message}; epoch {kept.Number}, the best so far, is kept in {path}");
        }
        finally
        {
            SavePage(ended: true);
        }

        if (kept is null)
        {
            throw new InputException("stopped before the first epoch was complete; nothing is saved");
        }

        terminal.Output.WriteLine($"{path}: epoch {kept.Number}{Results(kept)}");
        return CommandLine.Done;

        void SavePage(bool ended)
        {
            if (page is not null && report.HasEpochs)
            {
                report.Save(page, ended);
            }
        }
    }

    /// <summary>The whole command, as one would type it to train the same model again.</summary>
    private static string Command(TrainingFolders folders, TrainingOptions options, string path)
    {
        List<string> words = ["kws", "train", "--data", folders.Data];
        void Add(string option, IReadOnlyList<string> values) => words.AddRange(values.Count > 0 ? [option, .. values] : []);
        Add("--extra", folders.Extra);
        Add("--background", folders.Background);
        Add("--noise", folders.Noise);
        Add("--out", [path]);
        return $"{CommandText.Of(words)} {RecipeOptions.Describe(options)}";
    }

    private static TrainingData Load(TrainingFolders folders, TrainingOptions options, Terminal terminal)
    {
        try
        {
            return TrainingData.Load(folders, new FeatureSettings().SampleRate, options.Validation, options.Threads, terminal.Error.WriteLine, terminal.Stop);
        }
        catch (OperationCanceledException)
        {
            throw new InputException("stopped before training began; nothing is saved");
        }
    }

    private static string Describe(TrainingData data)
    {
        var keywords = new List<string>();
        for (int i = 0; i < data.Keywords.Count; i++)
        {
            keywords.Add($"{data.Keywords[i]} {data.Training[i].Length}+{data.Validation[i].Length}");
        }

        Background training = data.TrainingBackground;
        Background validation = data.ValidationBackground;
        return $"clips for training+validation: {string.Join(", ", keywords)}; running background {training.Speech.Length}+{validation.Speech.Length}, "
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
