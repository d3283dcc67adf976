using System.Diagnostics;
using System.Globalization;
using Devices.Usage;
using KeywordSpotter.Data;
using KeywordSpotter.Reports;
using KeywordSpotter.Spotting;
using KeywordSpotter.Training;
using Seq.Embedded.Audio;
using Seq.Embedded.Weights;

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
        Option vocabulary = Option.Folders("--vocabulary", "Folders like --data of further words, which the network learns to tell apart on the way and does not know in the end: what all words share serves new keywords (kws enroll).");
        Option phonemes = Option.Texts("--phonemes", "file", "Files with lines of folder/file (or folder/*), a tab, and the phonemes spoken in that clip with spaces between them: learned on the way, too.");
        Option start = Option.Text("--start", "file", "Weights to begin with: a model, or a file of --joint. Outputs go by their names; those that are not there begin at random.");
        Option joint = Option.Text("--joint", "file", "Also writes the network of the last epoch with all outputs that it learned, for --start.");
        Option output = Option.Text("--out", "file", "Weight file to write (safetensors).", required: true);
        Option report = Option.Text("--report", "file", "Page to write after each epoch (HTML): curves, mistakes, recipe, time and memory.");
        Option checkpoint = Option.Text("--checkpoint", "file", "Written after each epoch, so that training can go on with --resume after a stop or a power cut.");
        Option resume = Option.Switch("--resume", "Goes on from --checkpoint, to the same model as without the interruption; begins anew where there is no such file yet.");
        Option budget = Option.Text(
            "--device-budget", "memory=64MB,seconds=120", "The most memory, and the most time, that training may take; either or both. As many of --epochs are planned as fit into the time.");
        var recipe = new RecipeOptions();
        return new Command
        {
            Name = "train",
            Summary = "Trains a model on recordings and keeps its best epoch. Ctrl+C ends training and keeps the best so far.",
            Options = [data, extra, background, noise, vocabulary, phonemes, start, joint, output, report, checkpoint, resume, budget, .. recipe.All],
            Run = arguments => Run(terminal, new TrainingTask
            {
                Folders = new TrainingFolders(arguments.Given(data), arguments.Texts(extra), arguments.Texts(background), arguments.Texts(noise))
                {
                    Vocabulary = arguments.Texts(vocabulary),
                    Phonemes = arguments.Texts(phonemes),
                },
                Start = arguments.Text(start),
                Joint = arguments.Text(joint),
                Options = recipe.Read(arguments),
                Output = arguments.Given(output),
                Page = arguments.Text(report),
                Checkpoint = arguments.Text(checkpoint),
                Resume = arguments.Has(resume) && !arguments.Has(checkpoint)
                    ? throw new UsageException("--resume needs a file to go on from; allowed: --checkpoint FILE with it")
                    : arguments.Has(resume),
                Budget = arguments.Text(budget) is { } text ? DeviceBudget.Parse(text) : DeviceBudget.None,
            }),
        };
    }

    private static int Run(Terminal terminal, TrainingTask task)
    {
        var watch = Stopwatch.StartNew();
        task.Check();
        bool resumes = task.Resume && File.Exists(task.Checkpoint);
        TrainingData data = Load(ref task, terminal);
        terminal.Error.WriteLine(TrainingTexts.Of(data));
        TrainingOptions options = resumes ? CheckRecipe(task) : Plan(task, data, watch, terminal);
        using var session = new TrainingSession(data, options, task.Start is { } start ? SafeTensorsFile.Read(start) : null);
        SpotterModel? model = resumes ? Resume(session, task, options, terminal) : null;
        var page = new TrainingReport(TrainingTexts.Command(task, options), options, data, session);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(terminal.Stop);
        if (task.Budget.Time is { } time)
        {
            stop.CancelAfter(time > watch.Elapsed ? time - watch.Elapsed : TimeSpan.Zero);
        }

        bool exceeded = false; // told once: the most that was held only grows
        try
        {
            session.Run(
                (epoch, trained) =>
                {
                    model = trained;
                    if (epoch.Best)
                    {
                        model.Save(task.Output, TrainingTexts.Notes(options, epoch));
                    }

                    SavePage(ended: false);
                    terminal.Error.WriteLine(TrainingTexts.Of(epoch, options));
                },
                () =>
                {
                    if (task.Joint is { } joint)
                    {
                        session.SaveJoint(joint);
                    }

                    if (task.Checkpoint is { } path)
                    {
                        session.Save(path, RecipeOptions.Describe(options));
                    }

                    if (!exceeded && MemoryPlan.Exceeded(PeakMemory.Bytes, task.Budget.MemoryBytes) is { } text)
                    {
                        exceeded = true;
                        terminal.Error.WriteLine(text);
                    }
                },
                terminal.Error.WriteLine,
                stop.Token);
        }
        catch (InputException exception) when (session.Kept is { } best)
        {
            throw new InputException($"{exception.Message}; epoch {best.Number}, the best so far, is kept in {task.Output}");
        }
        finally
        {
            SavePage(ended: true);
        }

        if (session.Kept is not { } kept)
        {
            throw new InputException("stopped before the first epoch was complete; nothing is saved");
        }

        if (session.Epochs.Count < options.Epochs && !terminal.Stop.IsCancellationRequested)
        {
            terminal.Error.WriteLine($"the time of --device-budget was over after epoch {session.Epochs.Count} of {options.Epochs}");
        }

        terminal.Output.WriteLine($"{task.Output}: {TrainingTexts.Kept(kept)}");
        return CommandLine.Done;

        void SavePage(bool ended) // never throws for the file's sake
        {
            if (task.Page is { } path && model is not null)
            {
                try
                {
                    page.Save(path, model.Network, ended);
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
                {
                    // The page only tells about the run: model and checkpoint are not given up for it, nor is what ended the run hidden by it.
                    terminal.Error.WriteLine($"{path}: the page cannot be written, training goes on without it: {exception.Message}");
                }
            }
        }
    }

    /// <summary>The recordings; the task gets the options that fit into the memory there is.</summary>
    private static TrainingData Load(ref TrainingTask task, Terminal terminal)
    {
        TrainingOptions options = task.Options;
        long? limit = task.Budget.MemoryBytes;
        try
        {
            var data = TrainingData.Load(
                task.Folders, new FeatureSettings().SampleRate, options.Validation, options.Threads, terminal.Error.WriteLine, terminal.Stop,
                admit: (keywords, audio) => options = MemoryPlan.Fit(options, keywords, audio, PeakMemory.Bytes, limit, terminal.Error.WriteLine));
            task = task with { Options = options };
            return data;
        }
        catch (OperationCanceledException)
        {
            throw new InputException("stopped before training began; nothing is saved");
        }
    }

    /// <summary>The options with as many epochs as fit into the time there is.</summary>
    /// <exception cref="InputException">Not one epoch fits.</exception>
    private static TrainingOptions Plan(TrainingTask task, TrainingData data, Stopwatch watch, Terminal terminal)
    {
        TrainingOptions options = task.Options;
        if (task.Budget.Time is not { } time)
        {
            return options;
        }

        TrainingPace pace;
        try
        {
            using var trial = new TrainingSession(data, options);
            pace = trial.Measure(terminal.Stop);
        }
        catch (OperationCanceledException)
        {
            throw new InputException("stopped before training began; nothing is saved");
        }

        GC.Collect(); // the memory of the trial is that of the run
        double before = watch.Elapsed.TotalSeconds;
        int epochs = pace.EpochsIn(time - watch.Elapsed, options);
        if (epochs == 0)
        {
            throw new InputException(string.Create(
                CultureInfo.InvariantCulture,
                $"--device-budget has seconds={time.TotalSeconds}; allowed: at least {Math.Ceiling(before + pace.SecondsForOne(options))}, of which {before:0} to prepare and "
                + $"{pace.Of(1, options):0} for one epoch of {options.Steps} batches ({pace.Batch:0.00} s each), or fewer --steps"));
        }

        terminal.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"planned: {epochs} of {options.Epochs} epochs in {time.TotalSeconds:0} s, {before:0} of which are over ({pace.Batch:0.000} s per batch); the same model without a limit: --epochs {epochs}"));
        return options with { Epochs = epochs };
    }

    /// <summary>The options, which must be those that the checkpoint was made with. How many epochs were planned for a time is not planned again.</summary>
    /// <exception cref="InputException">An option differs.</exception>
    private static TrainingOptions CheckRecipe(TrainingTask task)
    {
        Dictionary<string, string> then = Values(TrainingSession.ReadRecipe(task.Checkpoint!));
        TrainingOptions options = task.Options;
        if (task.Budget.Time is not null && then.TryGetValue("epochs", out string? planned))
        {
            options = options with { Epochs = int.Parse(planned, CultureInfo.InvariantCulture) };
        }

        Dictionary<string, string> now = Values(RecipeOptions.Describe(options));
        string[] differing = [.. now.Keys.Union(then.Keys).Where(name => now.GetValueOrDefault(name) != then.GetValueOrDefault(name))];
        return differing.Length == 0
            ? options
            : throw new InputException(
                $"{task.Checkpoint}: was made with other options: {string.Join(", ", differing.Select(name => $"--{name} {then.GetValueOrDefault(name, "(none)")}, now {now.GetValueOrDefault(name, "(none)")}"))}; "
                + "allowed: the options that training began with");

        static Dictionary<string, string> Values(string recipe) =>
            recipe.Split("--", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(option => option.Split(' ')).ToDictionary(words => words[0], words => words[^1]);
    }

    /// <summary>Goes on from the checkpoint.</summary>
    /// <returns>The best model so far.</returns>
    /// <exception cref="InputException">The recordings are others, or the best model so far is no longer there.</exception>
    private static SpotterModel? Resume(TrainingSession session, TrainingTask task, TrainingOptions options, Terminal terminal)
    {
        session.Load(task.Checkpoint!);
        if (session.Kept is not { } kept)
        {
            return null;
        }

        SpotterModel? model = File.Exists(task.Output) ? SpotterModel.Load(task.Output) : null;
        // A kill between saving the model of an epoch and the checkpoint leaves a better one than the checkpoint knows of: that epoch is trained again.
        bool isSame = model?.Network.Metadata is { } notes
            && notes.GetValueOrDefault(TrainingTexts.RecipeKey) == RecipeOptions.Describe(options)
            && notes.GetValueOrDefault(TrainingTexts.ResultKey)?.Split(' ') is ["epoch", { } number, ..]
            && int.TryParse(number, CultureInfo.InvariantCulture, out int epoch)
            && epoch >= kept.Number;
        if (!isSame)
        {
            throw new InputException($"{task.Output}: does not hold epoch {kept.Number}, the best so far of {task.Checkpoint}; allowed: the --out of that training, as it was left");
        }

        terminal.Error.WriteLine($"{task.Checkpoint}: going on after epoch {session.Epochs.Count} of {options.Epochs}; the best so far is {kept.Number}");
        return model;
    }
}
