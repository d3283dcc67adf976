using Devices.Usage;
using KeywordSpotter.Evaluation;
using KeywordSpotter.Reports;
using KeywordSpotter.Spotting;

namespace KeywordSpotter.Commands;

/// <summary><c>kws evaluate</c>: misses and false accepts on recordings.</summary>
internal static class EvaluateCommand
{
    public static Command Create(Terminal terminal)
    {
        Option data = SharedOptions.Data();
        Option background = SharedOptions.Background();
        Option model = SharedOptions.Model();
        Option threshold = SharedOptions.Threshold();
        Option threads = SharedOptions.Threads("Streams that are replayed at once.");
        Option json = SharedOptions.Json("Print JSON instead of a table.");
        Option page = Option.Text("--report", "file", "Writes a page (HTML, without links to anything) with curves, scores, and every false accept and miss to listen to.");
        return new Command
        {
            Name = "evaluate",
            Summary = "Replays recordings as streams and counts misses and false accepts.",
            Options = [data, background, model, threshold, threads, json, page],
            Run = arguments =>
            {
                string? dataFolder = arguments.Text(data);
                IReadOnlyList<string> backgroundFolders = arguments.Texts(background);
                if (dataFolder is null && backgroundFolders.Count == 0)
                {
                    throw new UsageException("nothing to replay: give --data DIR, --background DIR or both");
                }

                if (arguments.Text(page) is { } path)
                {
                    OutputFile.CheckWritable(path, "--report", ("--data", [dataFolder]), ("--background", backgroundFolders), ("--model", [arguments.Text(model)]));
                }

                SpotterModel loaded = SpotterModel.Load(arguments.Text(model));
                EvaluationSet set = EvaluationSet.Find(loaded, dataFolder, backgroundFolders);
                DetectorSettings settings = SharedOptions.Threshold(arguments, threshold) is { } value ? loaded.Detector.WithThreshold(value) : loaded.Detector;
                EvaluationReport report = Evaluate(loaded, settings, set, arguments.Whole(threads), arguments.Text(page), terminal.Stop);
                foreach (string remark in set.Remarks)
                {
                    terminal.Error.WriteLine($"kws: {remark}");
                }

                terminal.Output.WriteLine((arguments.Has(json) ? report.ToJson() : report.ToTable()).TrimEnd());
                return CommandLine.Done;
            },
        };
    }

    private static EvaluationReport Evaluate(SpotterModel model, DetectorSettings settings, EvaluationSet set, int threads, string? page, CancellationToken stop)
    {
        try
        {
            ReplayedItem[] items = set.Replay(model, threads, stop);
            if (page is not null)
            {
                new EvaluationPage(model, settings, items, set.Folders, EvaluationDetail.Create(model, settings, items, set.Folders.Count, threads, stop)).Save(page);
            }

            return EvaluationReport.Create(model, settings, set.Folders, items, threads, stop);
        }
        catch (OperationCanceledException)
        {
            throw new InputException("stopped before everything was replayed; there is no result");
        }
    }
}
