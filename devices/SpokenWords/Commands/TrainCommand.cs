using System.Globalization;
using Devices.Usage;
using SpokenWords.Data;
using SpokenWords.Evaluation;
using SpokenWords.Training;

namespace SpokenWords.Commands;

/// <summary><c>words train</c>: a classifier from folders of recordings.</summary>
internal static class TrainCommand
{
    public static Command Create(Terminal terminal)
    {
        Option data = SharedOptions.Data();
        Option extra = Option.Folders("--extra", "Folders like --data with more clips of its words, such as synthetic speech: trained on, never tested on.");
        Option noise = Option.Folders("--noise", "Folders of WAV files of noise to mix in.");
        Option output = Option.Text("--out", "file", "Weight file to write (safetensors).");
        Option folds = Option.Whole("--folds", "Deal the speakers out into so many folds; for each fold train on the others and test on it. 0 for none.", 0, 1000, 0);
        Option holdOut = Option.Text("--hold-out", "from-to", SpeakerRange.Help("are not trained on"));
        Option speakerEnd = SharedOptions.SpeakerEnd();
        var recipe = new RecipeOptions();
        return new Command
        {
            Name = "train",
            Summary = "Trains a classifier of single words, and measures it on speakers that are held back (--folds). Ctrl+C ends training and keeps the last complete epoch.",
            Options = [data, extra, noise, output, folds, holdOut, speakerEnd, .. recipe.All],
            Run = arguments =>
            {
                WordTrainingOptions options = recipe.Read(arguments);
                int foldCount = arguments.Whole(folds);
                string? path = arguments.Text(output);
                SpeakerRange? held = arguments.Text(holdOut) is { } range ? SpeakerRange.Parse("--hold-out", range) : null;
                if (path is null && foldCount == 0)
                {
                    throw new UsageException("nothing to do: give --out FILE, --folds NUMBER or both");
                }

                if (foldCount == 1)
                {
                    throw new UsageException("--folds is '1'; allowed: 0, or 2 and more, so that there are speakers to train on");
                }

                if (path is not null)
                {
                    OutputFile.CheckWritable(
                        path, "--out", ("--data", [arguments.Text(data)]), ("--extra", arguments.Texts(extra)), ("--noise", arguments.Texts(noise)));
                }

                try
                {
                    var settings = new LoadSettings(options.SampleRate, arguments.Text(speakerEnd) ?? LoadSettings.UsualSpeakerEnd, options.Threads);
                    TrainingSet set = TrainingSet.Load(arguments.Given(data), arguments.Texts(extra), arguments.Texts(noise), held, settings, terminal.Stop);
                    terminal.Error.WriteLine(set.ToString());
                    if (foldCount > 0)
                    {
                        Fold(terminal, set, options, foldCount);
                    }

                    if (path is not null)
                    {
                        (WordClassifier classifier, int epoch) = Train(terminal, set, set.Recordings, options);
                        classifier.Save(path, Notes(options, set, held, epoch));
                        terminal.Output.WriteLine(epoch == options.Epochs ? path : $"{path}: stopped; epoch {epoch} of {options.Epochs} is kept");
                    }
                }
                catch (OperationCanceledException)
                {
                    throw new InputException("stopped before an epoch was complete; nothing is saved");
                }

                return CommandLine.Done;
            },
        };
    }

    /// <summary>Trains and tests once for each fold, and reports on all recordings, each of which was tested by a model that never heard its speaker.</summary>
    private static void Fold(Terminal terminal, TrainingSet set, WordTrainingOptions options, int folds)
    {
        string[] speakers = [.. set.Recordings.Select(recording => recording.Speaker).Distinct().Order(StringComparer.Ordinal)];
        if (folds > speakers.Length)
        {
            throw new InputException($"--folds is {folds}; allowed: at most {speakers.Length}, the number of speakers");
        }

        var report = new WordReport(set.Words);
        int done = 0;
        try
        {
            foreach (string[] fold in SpeakerSplit.Deal(speakers, folds))
            {
                SpeakerSplit split = SpeakerSplit.Of(set.Recordings, speaker => Array.IndexOf(fold, speaker) >= 0);
                WordClassifier classifier = Train(terminal, set, split.Training, options).Classifier;
                terminal.Stop.ThrowIfCancellationRequested(); // a fold that was stopped says nothing about the recipe
                var part = new WordReport(set.Words);
                part.Measure(classifier, split.Test, options.Threads, terminal.Stop);
                terminal.Error.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"without {(fold.Length == 1 ? fold[0] : $"{fold.Length} speakers")}: {100 * part.Accuracy:0.0} % of them are right"));
                report.Add(part);
                done++;
            }
        }
        catch (OperationCanceledException) when (done > 0)
        {
            terminal.Output.Write(report.ToString());
            throw new InputException($"stopped after {done} of {folds} folds, which the report is about; nothing is saved");
        }

        terminal.Output.Write(report.ToString());
    }

    /// <summary>The classifier after the last complete epoch, and that epoch's number.</summary>
    private static (WordClassifier Classifier, int Epoch) Train(Terminal terminal, TrainingSet set, Recording[] recordings, WordTrainingOptions options)
    {
        set.CheckWords(recordings);
        using var session = new WordTrainingSession(set.Words.Count, recordings, set.Extra, set.Noise, options);
        (WordModel network, int kept) = session.Run(
            (epoch, loss, leftOut) =>
            {
                terminal.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"epoch {epoch}/{options.Epochs}  loss {loss:0.0000}"));
                if (leftOut > 0)
                {
                    terminal.Error.WriteLine(LeftOutBatches.Describe(leftOut));
                }
            },
            terminal.Stop);
        return (new WordClassifier(network, set.Words, new WordFrontEnd(options.FeatureSettings, options.Seconds)), kept);
    }

    private static Dictionary<string, string> Notes(WordTrainingOptions options, TrainingSet set, SpeakerRange? held, int epoch) => new()
    {
        ["training.recipe"] = RecipeOptions.Describe(options) + (held is null ? "" : $" --hold-out {held}"),
        ["training.data"] = set.ToString(),
        ["training.result"] = $"epoch {epoch}",
    };
}
