using Devices.Usage;
using KeywordSpotter.Evaluation;
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
        return new Command
        {
            Name = "evaluate",
            Summary = "Replays recordings as streams and counts misses and false accepts.",
            Options = [data, background, model, threshold, threads, json],
            Run = arguments =>
            {
                string? dataFolder = arguments.Text(data);
                IReadOnlyList<string> backgroundFolders = arguments.Texts(background);
                if (dataFolder is null && backgroundFolders.Count == 0)
                {
                    throw new UsageException("nothing to replay: give --data DIR, --background DIR or both");
                }

                SpotterModel loaded = SpotterModel.Load(arguments.Text(model));
                EvaluationSet set = EvaluationSet.Find(loaded, dataFolder, backgroundFolders);
                EvaluationReport report = Evaluate(
                    loaded,
                    SharedOptions.Threshold(arguments, threshold) is { } value ? loaded.Detector.WithThreshold(value) : loaded.Detector,
                    set,
                    arguments.Whole(threads),
                    terminal.Stop);
                foreach (string remark in set.Remarks)
                {
                    terminal.Error.WriteLine($"kws: {remark}");
                }

                terminal.Output.WriteLine((arguments.Has(json) ? report.ToJson() : report.ToTable()).TrimEnd());
                return CommandLine.Done;
            },
        };
    }

    private static EvaluationReport Evaluate(SpotterModel model, DetectorSettings settings, EvaluationSet set, int threads, CancellationToken stop)
    {
        try
        {
            ReplayedItem[] items = set.Replay(model, threads, stop);
            return EvaluationReport.Create(model, settings, set.Folders, items, threads, stop);
        }
        catch (OperationCanceledException)
        {
            throw new InputException("stopped before everything was replayed; there is no result");
        }
    }
}
