using Devices.Usage;
using SpokenWords.Data;
using SpokenWords.Evaluation;

namespace SpokenWords.Commands;

/// <summary><c>words evaluate</c>: accuracy of a model on recordings.</summary>
internal static class EvaluateCommand
{
    public static Command Create(Terminal terminal)
    {
        Option data = SharedOptions.Data();
        Option model = SharedOptions.Model();
        Option part = Option.Text("--part", "from-to", SpeakerRange.Help("are tested on, and no others"));
        Option speakerEnd = SharedOptions.SpeakerEnd();
        Option threads = SharedOptions.Threads("Clips that are classified at once.");
        return new Command
        {
            Name = "evaluate",
            Summary = "Measures a model on recordings: accuracy, confusion matrix, accuracy of each speaker.",
            Options = [data, model, part, speakerEnd, threads],
            Run = arguments =>
            {
                SpeakerRange? range = arguments.Text(part) is { } text ? SpeakerRange.Parse("--part", text) : null;
                WordClassifier classifier = WordClassifier.Load(arguments.Given(model));
                try
                {
                    var settings = new LoadSettings(classifier.SampleRate, arguments.Text(speakerEnd) ?? LoadSettings.UsualSpeakerEnd, arguments.Whole(threads));
                    Recording[] recordings = WordSet.Load(arguments.Given(data), "--data", classifier.Words, settings, terminal.Stop).Recordings;
                    recordings = range is null ? recordings : SpeakerSplit.Of(recordings, range.Contains).Test;
                    if (recordings.Length == 0)
                    {
                        throw new InputException($"no speaker is in --part {range}; allowed: a range with speakers in it");
                    }

                    var report = new WordReport(classifier.Words);
                    report.Measure(classifier, recordings, arguments.Whole(threads), terminal.Stop);
                    terminal.Output.Write(report.ToString());
                }
                catch (OperationCanceledException)
                {
                    throw new InputException("stopped before everything was classified; there is no result");
                }

                return CommandLine.Done;
            },
        };
    }
}
