using System.Globalization;
using Devices.Usage;
using KeywordSpotter.Evaluation;
using KeywordSpotter.Spotting;
using Seq.Embedded.Weights;

namespace KeywordSpotter.Commands;

/// <summary><c>kws quantize</c>: a model with weights of 8 bits from one with weights of floats, and what that costs.</summary>
internal static class QuantizeCommand
{
    public static Command Create(Terminal terminal)
    {
        Option model = SharedOptions.Model("of floats");
        Option output = Option.Text("--out", "file", "Weight file to write (safetensors).", required: true);
        Option data = SharedOptions.Data();
        Option background = SharedOptions.Background();
        Option threads = SharedOptions.Threads("Streams that are replayed at once.");
        return new Command
        {
            Name = "quantize",
            Summary = "Rounds the weights of a model to 8 bits; with recordings, tells how many more keywords are missed.",
            Options = [model, output, data, background, threads],
            Run = arguments =>
            {
                string? dataFolder = arguments.Text(data);
                if (dataFolder is null && arguments.Has(background))
                {
                    throw new UsageException("--background alone shows no misses; allowed: --data DIR with it");
                }

                return Run(terminal, arguments.Text(model), arguments.Given(output), dataFolder, arguments.Texts(background), arguments.Whole(threads));
            },
        };
    }

    private static int Run(Terminal terminal, string? path, string output, string? data, IReadOnlyList<string> background, int threads)
    {
        OutputFile.CheckWritable(output, "--out", ("--data", [data]), ("--background", background));
        SafeTensorsFile file = SpotterModel.Read(path);
        (SpotterModel floats, SpotterModel int8) = SpotterModel.LoadRounded(file);
        if (OutputFile.Holds(output, file))
        {
            throw new InputException($"{output}: holds the floats of the model itself, which would be lost; --out needs the name of another file");
        }

        EvaluationSet? set = data is null ? null : EvaluationSet.Find(floats, data, background);
        if (set is { HasKeywords: false })
        {
            throw new InputException($"{data}: has no clip of a keyword, so there are no misses to compare; allowed: a folder with folders named {string.Join(", ", floats.Keywords)}");
        }

        foreach (string remark in set?.Remarks ?? [])
        {
            terminal.Error.WriteLine($"kws: {remark}");
        }

        int8.Network.Save(output, int8.Network.Metadata);
        terminal.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{output}: {int8.Network.WeightBytes:N0} bytes of weights; {floats.Name} has {floats.Network.WeightBytes:N0}"));
        if (set is not null)
        {
            terminal.Output.Write(Compare(floats, int8, set, threads, terminal.Stop).ToTable());
        }

        return CommandLine.Done;
    }

    private static WeightComparison Compare(SpotterModel floats, SpotterModel int8, EvaluationSet set, int threads, CancellationToken stop)
    {
        try
        {
            return WeightComparison.Create(floats, int8, set, threads, stop);
        }
        catch (OperationCanceledException)
        {
            throw new InputException("stopped before everything was replayed; the weights are saved, there is no comparison");
        }
    }
}
