using System.Diagnostics;
using KeywordSpotter.Data;
using KeywordSpotter.Models;
using KeywordSpotter.Spotting;
using KeywordSpotter.Tuning;
using Seq.Embedded;
using Seq.Embedded.Weights;

namespace KeywordSpotter.Commands;

/// <summary>What <c>kws tune</c> and <c>kws enroll</c> do alike: load, tune, compare, write or refuse.</summary>
internal static class TuningRun
{
    private const string NoReplay = "none";
    private const string ReplayEnding = ".replay";
    private const int ExamplesOfClip = 4; // for later tunings
    private const string SpecPrefix = "seq."; // texts that belong to the weights

    public static int Run(Terminal terminal, TuningTask task)
    {
        var watch = Stopwatch.StartNew();
        string? replayPath = task.Replay;
        OutputFile.CheckWritable(task.Output, "--out", [.. task.Inputs, ("--replay", [replayPath])]);
        SafeTensorsFile file = SpotterModel.Read(task.Model);
        SpotterModel old = SpotterModel.From(file);
        if (old.Network.Format != WeightFormat.Float32)
        {
            throw new InputException($"{old.Name}: its weights have 8 bits, which cannot be tuned; allowed: the model with weights of floats");
        }

        if (replayPath is null && ReplaySet.FindFile(task.Model, old.Keywords) is { } found)
        {
            OutputFile.CheckWritable(task.Output, "--out", ("--replay", [found]));
            replayPath = found;
        }

        ReplaySet? replay = LoadReplay(replayPath, old);
        TrainingData data = Stopped(() => task.Load(old));
        foreach (string keyword in old.Keywords.Except(data.Keywords).Where(keyword => replay?.Covers(keyword) != true))
        {
            terminal.Error.WriteLine($"{keyword}: may be forgotten, as there is no clip of it and no example to replay");
        }

        var tuner = new Tuner(file, data, replay, task.Options);
        double megabytes = TuningSession.GetMemory(task.Options, tuner.Start, replay, TuningSession.GetAudioBytes(data)) / 1e6;
        terminal.Error.WriteLine(TuningTexts.Of($"memory: {megabytes:0.0} MB for trainer, examples, clips and background; the program comes on top"));
        terminal.Error.WriteLine(TrainingTexts.Of(data));
        TunedModel tuned = Stopped(() => tuner.Run(Progress(terminal, task.Options, tuner.Trainings), terminal.Error.WriteLine, terminal.Stop));
        terminal.Output.Write(TuningTexts.Table(tuned, data.Keywords, tuner.Added));
        if (!task.Force && TuningCheck.Refuse(tuned, data.Keywords, tuner.Added, task.Options.FalseAcceptsPerHour) is { } reason)
        {
            terminal.Output.Flush();
            throw new InputException($"{reason}; nothing is written (--force writes the model even so)");
        }

        Save(terminal, task, tuner, tuned, replay, data);
        terminal.Output.WriteLine(TuningTexts.Of($"{task.Output}: {watch.Elapsed.TotalSeconds:0.0} s, {PeakMemory.Bytes / 1e6:0} MB at most"));
        return CommandLine.Done;
    }

    /// <summary>Runs work that Ctrl+C ends.</summary>
    /// <exception cref="InputException">It was ended.</exception>
    public static T Stopped<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (OperationCanceledException)
        {
            throw new InputException("stopped before the end; nothing is saved");
        }
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

    /// <summary>Tells four times in each training how it goes.</summary>
    private static Action<int, int, double> Progress(Terminal terminal, TuningOptions options, int trainings)
    {
        int every = Math.Max(1, options.Steps / 4);
        return (training, batches, loss) =>
        {
            if (batches % every == 0 || batches == options.Steps)
            {
                string part = training < trainings ? $"without part {training} of {trainings - 1}" : "on everything";
                terminal.Error.WriteLine(TuningTexts.Of($"training {training}/{trainings}, {part}: batch {batches}/{options.Steps}  loss {loss:0.0000}"));
            }
        };
    }

    /// <summary>First the examples, then the model: examples of a keyword that no model knows yet do no harm.</summary>
    private static void Save(Terminal terminal, TuningTask task, Tuner tuner, TunedModel tuned, ReplaySet? replay, TrainingData data)
    {
        string beside = Path.ChangeExtension(task.Output, ReplayEnding + Path.GetExtension(task.Output));
        SpotterModel model = tuned.Model;
        if (task.KeepExamples)
        {
            string[] keywords = [.. model.Keywords];
            IReadOnlyList<Example> examples = tuner.ForReplay(ExamplesOfClip, keywords);
            ReplaySet all = replay is null ? ReplaySet.Create(keywords, model.Features, examples) : replay.With(keywords, examples);
            all.Save(beside, new Dictionary<string, string> { ["replay.recipe"] = task.Maker });
            terminal.Error.WriteLine($"{beside}: {examples.Count} examples of the clips were added, for later tunings; private, as speech can be guessed from them (--no-examples keeps none)");
        }
        else if (replay is not null)
        {
            replay.Save(beside, new Dictionary<string, string> { ["replay.recipe"] = task.Maker });
        }

        Dictionary<string, string> notes = [];
        foreach ((string key, string value) in tuner.Start.Network.Metadata)
        {
            if (!key.StartsWith(SpecPrefix, StringComparison.Ordinal))
            {
                notes[key] = value;
            }
        }

        string figures = TuningTexts.Figures(tuned, data.Keywords);
        notes["tuning.recipe"] = task.Options.Describe();
        notes["tuning.result"] = figures;
        ModelVersions.Save(model, task.Output, task.Maker, figures, notes);
    }
}
