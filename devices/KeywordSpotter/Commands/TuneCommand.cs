using System.Diagnostics;
using System.Globalization;
using Devices.Usage;
using KeywordSpotter.Data;
using KeywordSpotter.Evaluation;
using KeywordSpotter.Spotting;
using KeywordSpotter.Tuning;
using Seq.Embedded;
using Seq.Embedded.Weights;

namespace KeywordSpotter.Commands;

/// <summary><c>kws tune</c>: a model that knows a few more clips, on the device.</summary>
internal static class TuneCommand
{
    /// <summary>The most of the replayed keywords that may be missed in addition; one may in any case.</summary>
    private const double MostForgotten = 0.05;

    private const string NoReplay = "none";

    private static readonly TuningOptions s_presets = new();

    public static Command Create(Terminal terminal)
    {
        Option data = Option.Text("--data", "dir", "Folder with one folder of WAV clips per keyword; a name that the model does not know becomes a new keyword.", required: true);
        Option background = Option.Folders("--background", "Folders of WAV files without keywords, of any length, as they are heard where the model is used.");
        Option model = SharedOptions.Model("of floats");
        Option output = Option.Text("--out", "file", "Weight file to write (safetensors).", required: true);
        Option layers = Option.Text("--layers", "head|last|all", "What is tuned: the head (the last, dense layer), the last recurrent layer with it, or all [all].");
        Option replay = Option.Text(
            "--replay", "file", "Examples of kws replay, so that the old keywords are not forgotten; or none. Default: NAME.replay.safetensors beside the model NAME.safetensors, or those of the bundled model if it has all keywords of this one.");
        Option epochs = Option.Whole("--epochs", "Epochs; the learning rate rises and falls once over all of them.", 1, 10_000, s_presets.Epochs);
        Option steps = Option.Whole("--steps", "Batches in an epoch.", 1, 10_000, s_presets.Steps);
        Option batch = Option.Whole("--batch", "Examples in a batch.", 2, 4096, s_presets.Batch);
        Option share = Option.Number("--replay-part", "Part of a batch that is replayed.", 0, 0.9, s_presets.Replay);
        Option distillation = Option.Number("--distillation", "Weight, in the loss, of how far the answers to replayed examples move.", 0, 100, s_presets.Distillation);
        Option rate = Option.Number("--learning-rate", "Highest learning rate.", 1e-6, 1, s_presets.LearningRate);
        Option validation = Option.Number("--validation", "Part of the clips that is held back to choose epoch and threshold.", 0.05, 0.5, s_presets.Validation);
        Option seed = Option.Whole("--seed", "Seed of everything random: the same seed gives the same model.", 0, int.MaxValue, s_presets.Seed);
        Option threads = SharedOptions.Threads("Threads; the result does not depend on it.");
        Option force = Option.Switch("--force", "Write the model even if it does worse than before.");
        return new Command
        {
            Name = "tune",
            Summary = "Fine-tunes a model on a few clips: voices that it misses, or new keywords.",
            Options = [data, background, model, output, layers, replay, epochs, steps, batch, share, distillation, rate, validation, seed, threads, force],
            Run = arguments => Run(
                terminal,
                new TrainingFolders(arguments.Given(data), [], arguments.Texts(background), []),
                arguments.Text(model),
                arguments.Given(output),
                arguments.Text(replay),
                new TuningOptions
                {
                    Layers = ReadLayers(arguments.Text(layers)),
                    Epochs = arguments.Whole(epochs),
                    Steps = arguments.Whole(steps),
                    Batch = arguments.Whole(batch),
                    Replay = arguments.Number(share),
                    Distillation = arguments.Number(distillation),
                    LearningRate = arguments.Number(rate),
                    Validation = arguments.Number(validation),
                    Seed = arguments.Whole(seed),
                    Threads = arguments.Whole(threads),
                },
                arguments.Has(force)),
        };
    }

    private static TunedLayers ReadLayers(string? text) => text switch
    {
        null => s_presets.Layers,
        "head" => TunedLayers.Head,
        "last" => TunedLayers.Last,
        "all" => TunedLayers.All,
        _ => throw new UsageException($"--layers is '{text}'; allowed: head, last, all"),
    };

    private static int Run(Terminal terminal, TrainingFolders folders, string? path, string output, string? replayPath, TuningOptions options, bool force)
    {
        var watch = Stopwatch.StartNew();
        OutputFile.CheckWritable(output, "--out", ("--data", [folders.Data]), ("--background", folders.Background), ("--model", [path]), ("--replay", [replayPath]));
        SafeTensorsFile file = SpotterModel.Read(path);
        SpotterModel old = SpotterModel.From(file);
        if (replayPath is null && ReplaySet.FindFile(path, old.Keywords) is { } found)
        {
            OutputFile.CheckWritable(output, "--out", ("--replay", [found]));
            replayPath = found;
        }

        if (old.Network.Format != WeightFormat.Float32)
        {
            throw new InputException($"{old.Name}: its weights have 8 bits, which cannot be tuned; allowed: the model with weights of floats");
        }

        ReplaySet? replay = LoadReplay(replayPath, old);
        TrainingData data = Load(folders, old, options, terminal);
        string[] added = [.. data.Keywords.Except(old.Keywords)];
        foreach (string keyword in old.Keywords.Except(data.Keywords).Where(keyword => replay?.Covers(keyword) != true))
        {
            terminal.Error.WriteLine($"{keyword}: may be forgotten, as there is no clip of it and no example to replay");
        }

        KeywordModel network = GrownHead.Create(file, added.Length);
        SpotterModel start = old.With(network, added);
        terminal.Error.WriteLine(Text($"memory: {TuningSession.GetMemory(options, old.Features, network.OutputSize, replay, TuningSession.GetAudioBytes(data)) / 1e6:0.0} MB for trainer, examples, clips and background; the program comes on top"));
        using var session = new TuningSession(start, network, data, replay, options);
        if (!session.CanMeasure)
        {
            throw new InputException($"{folders.Data}: no clip is held back, so it cannot be told whether the model gets better; allowed: at least 2 clips of each keyword");
        }

        terminal.Error.WriteLine(TrainingTexts.Of(data));
        TuningResult before = Stopped(() => session.MeasureBefore(terminal.Stop));
        TuningEpoch? best = null;
        session.Run(
            epoch =>
            {
                best = epoch.Best ? epoch : best;
                terminal.Error.WriteLine(Text($"epoch {epoch.Number}/{options.Epochs}  loss {epoch.Loss:0.0000}  missed {Percent(epoch.Result.Own)}, replayed {Percent(epoch.Result.Replayed)}  threshold {epoch.Result.Threshold:0.00}{(epoch.Best ? "  *" : "")}"));
            },
            terminal.Error.WriteLine,
            terminal.Stop);
        if (best is null)
        {
            throw new InputException("stopped before the first epoch was complete; nothing is saved");
        }

        TuningResult after = best.Result;
        terminal.Output.Write(Table(start, added, before, after));
        bool forgets = before.Replayed.Detected.Sum() - after.Replayed.Detected.Sum() > Math.Max(1, MostForgotten * after.Replayed.Clips.Sum());
        if ((forgets || after.Cost >= before.Cost) && !force)
        {
            terminal.Output.Flush();
            throw new InputException(forgets
                ? $"too many of the old keywords would be missed, {Percent(after.Replayed)} in place of {Percent(before.Replayed)}; nothing is written (--force writes the model even so)"
                : "the model did not get better on the clips that were held back; nothing is written (--force writes the model even so)");
        }

        best.Model.Save(output, new Dictionary<string, string>
        {
            ["tuning.recipe"] = Text($"--layers {options.Layers.ToString().ToLowerInvariant()} --epochs {options.Epochs} --steps {options.Steps} --batch {options.Batch} --replay-part {options.Replay} --distillation {options.Distillation} --learning-rate {options.LearningRate} --validation {options.Validation} --seed {options.Seed}"),
            ["tuning.result"] = Text($"epoch {best.Number}  missed {Percent(after.Own)}  threshold {after.Threshold:0.00}"),
        });
        terminal.Output.WriteLine(Text($"{output}: epoch {best.Number}, {watch.Elapsed.TotalSeconds:0.0} s, {PeakMemory.Bytes / 1e6:0} MB at most"));
        return CommandLine.Done;
    }

    private static ReplaySet? LoadReplay(string? path, SpotterModel old)
    {
        if (path is null or NoReplay)
        {
            return null;
        }

        ReplaySet replay = ReplaySet.Load(path);
        return replay.Features == old.Features
            ? replay
            : throw new InputException($"{path}: its features are others than those of {old.Name}; allowed: examples made for that model, or --replay {NoReplay}");
    }

    private static TrainingData Load(TrainingFolders folders, SpotterModel model, TuningOptions options, Terminal terminal) => Stopped(() => TrainingData.Load(
        folders, model.Features.SampleRate, options.Validation, options.Threads, terminal.Error.WriteLine, terminal.Stop, needsBackground: false));

    private static T Stopped<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (OperationCanceledException)
        {
            throw new InputException("stopped before tuning began; nothing is saved");
        }
    }

    /// <summary>Misses before and after, of each keyword, in the clips and in what is replayed.</summary>
    private static string Table(SpotterModel model, string[] added, TuningResult before, TuningResult after)
    {
        var lines = new List<string> { $"{"missed, of what was held back",-40} {"before",12} {"after",12}" };
        for (int i = 0; i < model.Keywords.Count; i++)
        {
            Add($"{model.Keywords[i]}{(added.Contains(model.Keywords[i]) ? ", new" : "")}", tally => tally.Own);
            Add($"{model.Keywords[i]}, replayed", tally => tally.Replayed);

            void Add(string name, Func<TuningResult, Tally> part)
            {
                if (part(after).Clips[i] > 0)
                {
                    lines.Add($"{name,-40} {Missed(part(before)),12} {Missed(part(after)),12}");
                }
            }

            string Missed(Tally tally) => $"{tally.Clips[i] - tally.Detected[i]} of {tally.Clips[i]}";
        }

        lines.Add($"{"other audio taken for a keyword",-40} {Taken(before),12} {Taken(after),12}");
        return string.Join('\n', lines) + '\n';

        static string Taken(TuningResult result) => $"{result.Own.FalseAccepts + result.Replayed.FalseAccepts}";
    }

    private static string Percent(Tally tally) => tally.Clips.Sum() > 0 ? Text($"{100 * tally.MissRate:0.0} %") : "-";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
