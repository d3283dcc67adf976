using System.CommandLine;
using KeywordSpotter.Evaluation;
using KeywordSpotter.Spotting;

namespace KeywordSpotter.Commands;

/// <summary><c>kws evaluate</c>: misses and false accepts on recordings.</summary>
internal static class EvaluateCommand
{
    public static Command Create(Terminal terminal)
    {
        var data = new Option<string?>("--data")
        {
            Description = "Folder of folders of WAV clips. Those named like a keyword of the model hold the keyword, all others do not.",
            HelpName = "dir",
        };
        Option<string[]> background = Options.Folders("--background", "Folders of WAV files without keywords, of any length.");
        Option<string?> model = Options.Model();
        Option<float> threshold = Options.Number("--threshold", "Score from 0 to 1 at which a keyword is reported, instead of the model's own.", 0f, 1f);
        Option<int> threads = Options.Number("--threads", "Streams that are replayed at once.", 1, 1024, Environment.ProcessorCount);
        Option<bool> json = Options.Json("Print JSON instead of a table.");
        var command = new Command("evaluate", "Replays recordings as streams and counts misses and false accepts.")
        {
            data, background, model, threshold, threads, json,
        };
        command.SetAction(parsed =>
        {
            string? dataFolder = parsed.GetValue(data);
            string[] backgroundFolders = parsed.GetValue(background) ?? [];
            if (dataFolder is null && backgroundFolders.Length == 0)
            {
                throw new UsageException("nothing to replay: give --data DIR, --background DIR or both");
            }

            SpotterModel loaded = SpotterModel.Load(parsed.GetValue(model));
            DetectorSettings settings = Options.Optional(parsed, threshold) is { } value ? loaded.Detector.WithThreshold(value) : loaded.Detector;
            EvaluationSet set = EvaluationSet.Find(loaded, dataFolder, backgroundFolders);
            int threadCount = parsed.GetValue(threads);
            try
            {
                ReplayedItem[] items = set.Replay(threadCount, terminal.Stop);
                EvaluationReport report = EvaluationReport.Create(loaded, settings, set.Folders, items, threadCount, terminal.Stop);
                terminal.Output.WriteLine((parsed.GetValue(json) ? report.ToJson() : report.ToTable()).TrimEnd());
            }
            catch (OperationCanceledException)
            {
                throw new InputException("stopped before everything was replayed; there is no result");
            }

            return CommandLine.Done;
        });
        return command;
    }
}
