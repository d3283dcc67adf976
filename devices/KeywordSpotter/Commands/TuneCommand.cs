using Devices.Usage;
using KeywordSpotter.Data;

namespace KeywordSpotter.Commands;

/// <summary><c>kws tune</c>: a model that knows a few more clips, on the device.</summary>
internal static class TuneCommand
{
    private const string Positive = "positive";
    private const string Negative = "negative";

    public static Command Create(Terminal terminal)
    {
        Option data = Option.Text("--data", "dir", "Folder with one folder of WAV clips per keyword; a name that the model does not know becomes a new keyword.");
        Option background = Option.Folders("--background", "Folders of WAV files without keywords, of any length, as they are heard where the model is used.");
        Option reviewed = Option.Text(
            "--reviewed", "dir", $"Folder of clips that kws review has filed: the same as --data DIR/{Positive} --background DIR/{Negative}.");
        var recipe = new TuningRecipe();
        return new Command
        {
            Name = "tune",
            Summary = "Fine-tunes a model on a few clips: voices that it misses, or what it takes for a keyword.",
            Options = [data, reviewed, background, .. recipe.All],
            Run = arguments =>
            {
                TrainingFolders folders = Find(arguments.Text(data), arguments.Text(reviewed), arguments.Texts(background));
                return TuningRun.Run(terminal, recipe.Read(
                    arguments,
                    "kws tune",
                    [("--data", [folders.Data]), ("--background", folders.Background)],
                    model => TrainingData.Load(
                        folders, model.Features.SampleRate, validation: 0, recipe.Threads(arguments), terminal.Error.WriteLine, terminal.Stop, needsBackground: false)));
            },
        };
    }

    /// <exception cref="UsageException">There are no clips, or both kinds.</exception>
    /// <exception cref="InputException">The reviewed folder holds no positives.</exception>
    private static TrainingFolders Find(string? data, string? reviewed, IReadOnlyList<string> background)
    {
        if (data is null == reviewed is null)
        {
            throw new UsageException($"{(data is null ? "no clips are given" : "--data and --reviewed are both given")}; allowed: --data DIR or --reviewed DIR");
        }

        if (data is not null)
        {
            return new TrainingFolders(data, [], background, []);
        }

        string positive = Path.Combine(reviewed!, Positive);
        string negative = Path.Combine(reviewed!, Negative);
        if (!Directory.Exists(positive))
        {
            throw new InputException($"{reviewed}: holds no folder {Positive}; allowed: a folder that kws review has filed clips in, with at least 2 of a keyword");
        }

        bool any = Directory.Exists(negative) && Directory.EnumerateFiles(negative, "*", SearchOption.AllDirectories).Any(file => Path.GetExtension(file) == ".wav");
        return new TrainingFolders(positive, [], any ? [.. background, negative] : background, []);
    }
}
