using System.Globalization;
using Devices.Usage;
using KeywordSpotter.Calibration;
using KeywordSpotter.Evaluation;
using KeywordSpotter.Input;
using KeywordSpotter.Models;
using KeywordSpotter.Reports;
using KeywordSpotter.Spotting;
using Seq.Embedded.Audio;
using Seq.Embedded.Weights;

namespace KeywordSpotter.Commands;

/// <summary><c>kws calibrate</c>: thresholds and smoothing for the room that a model is used in.</summary>
internal static class CalibrateCommand
{
    private const string ResultKey = "calibration.result";
    private const int MostMoments = 10;
    private const double PresetTarget = 0.1;
    private const double PresetHours = 1; // of a microphone

    public static Command Create(Terminal terminal)
    {
        Option room = Option.Folders("--room", "The room without keywords: folders of WAV files (or single ones) of any length; or mic, mic:DEVICE or - (standard input) to listen to it now. No audio is kept unless asked for.");
        Option hours = Option.Number("--hours", "How long to listen. Of files: whole ones until there are so many hours [all]. From a microphone Ctrl+C ends earlier, and what was heard counts [1].", 0.02, 10_000);
        Option target = Option.Number("--target-false-accepts-per-hour", "False accepts per hour to aim at, of all keywords together.", 0.001, 1000, PresetTarget);
        Option data = Option.Text("--data", "dir", "Folder of folders of WAV clips that training has not seen. Those named like a keyword hold it. Without: smoothing stays as it is, and misses are not known.");
        Option model = SharedOptions.Model();
        Option output = Option.Text("--out", "file", "Weight file to write (safetensors): the same weights with other settings. May be that of --model, of which earlier versions are kept.", required: true);
        Option report = Option.Text("--report", "file", "Writes a page (HTML, without links to anything) with curves, scores and every false accept to listen to.");
        Option saveTop = Option.Text("--save-top", "dir", $"Keeps two seconds of each of the {MostMoments} moments with the highest scores as WAV files in this folder, to hear whether a keyword was said.");
        Option saveRoom = Option.Text("--save-room", "dir", "Keeps all that is heard of a microphone or standard input as WAV files of a minute in this folder, so that it can be replayed.");
        var input = new InputOptions();
        Option threads = SharedOptions.Threads("Streams that are replayed at once.");
        Option force = Option.Switch("--force", "Write the model even where the hours are too few for the target, a threshold is the highest or many more clips are missed than before.");
        return new Command
        {
            Name = "calibrate",
            Summary = "Chooses threshold and smoothing of each keyword for a room, and tells what that proves.",
            Options = [room, hours, target, data, model, output, report, saveTop, saveRoom, .. input.All, threads, force],
            Run = arguments => Run(terminal, new CalibrateOptions
            {
                Room = arguments.Texts(room),
                Hours = arguments.Has(hours) ? arguments.Number(hours) : null,
                Target = arguments.Number(target),
                Data = arguments.Text(data),
                Model = arguments.Text(model),
                Output = arguments.Given(output),
                Report = arguments.Text(report),
                SaveTop = arguments.Text(saveTop),
                SaveRoom = arguments.Text(saveRoom),
                Audio = ReadLive(arguments.Texts(room)) is { } live ? input.Read(arguments, live) : null,
                Force = arguments.Has(force),
                Threads = arguments.Whole(threads),
            }),
        };
    }

    /// <summary>What is listened to now, or null for files.</summary>
    private static string? ReadLive(IReadOnlyList<string> room)
    {
        string? live = room.FirstOrDefault(path => path == "-" || InputSettings.IsMicrophone(path));
        return live is null || room.Count == 1
            ? live
            : throw new UsageException($"--room is {string.Join(" ", room)}; allowed: folders and files, or one of mic, mic:DEVICE and -");
    }

    private static int Run(Terminal terminal, CalibrateOptions options)
    {
        if (options.Room.Count == 0)
        {
            throw new UsageException("nothing tells how often the room is taken for a keyword: give --room DIR (WAV files without keywords) or --room mic, and --data DIR (a folder of clips for each keyword) to see what is missed");
        }

        OutputFile.CheckWritable(options.Output, "--out", ("--data", [options.Data]), ("--room", options.Room));
        if (options.Report is not null)
        {
            OutputFile.CheckWritable(options.Report, "--report", ("--data", [options.Data]), ("--room", options.Room), ("--model", [options.Model]), ("--out", [options.Output]));
        }

        if (options.SaveRoom is not null && options.Audio is null)
        {
            throw new UsageException("--save-room keeps what a microphone hears; allowed: with --room mic, mic:DEVICE or -");
        }

        if (options.Audio is not null && !options.Force && HoursOf(options) < CalibrationCheck.LeastHours(options.Target))
        {
            throw new UsageException(Text($"--hours is {HoursOf(options)}; allowed: {CalibrationCheck.LeastHours(options.Target):0.0##} or more for {options.Target} false accepts per hour (or --force)"));
        }

        SpotterModel model = SpotterModel.Load(options.Model);
        EvaluationSet set = options.Audio is null
            ? EvaluationSet.FindRoom(model, options.Data, options.Room, options.Hours ?? double.PositiveInfinity)
            : EvaluationSet.FindRoom(model, options.Data, [], 0);
        if (options.Data is not null && !set.HasKeywords)
        {
            throw new InputException($"{options.Data}: has no clip of a keyword; allowed: a folder with folders named {string.Join(", ", model.Keywords)}");
        }

        foreach ((string? folder, string option) in ((string?, string)[])[(options.SaveTop, "--save-top"), (options.SaveRoom, "--save-room")])
        {
            if (folder is not null)
            {
                OutputFile.CheckFolder(folder, option);
            }
        }

        foreach (string remark in set.Remarks)
        {
            terminal.Error.WriteLine($"kws: {remark}");
        }

        try
        {
            ReplayedItem[] items = set.Replay(model, options.Threads, terminal.Stop);
            if (options.Audio is not { } audio)
            {
                return Finish(terminal, model, items, set.Folders, options, terminal.Stop);
            }

            items = [.. items, .. Listen(terminal, model, audio, options)];
            return Finish(terminal, model, items, set.Folders, options, CancellationToken.None); // Ctrl+C has ended the listening only
        }
        catch (OperationCanceledException)
        {
            throw new InputException("stopped before everything was replayed; nothing is written");
        }
    }

    private static ReplayedItem[] Listen(Terminal terminal, SpotterModel model, InputSettings audio, CalibrateOptions options)
    {
        void Tell(string line) => terminal.Error.WriteLine($"kws: {line}");
        using AudioInput input = AudioInput.Open(terminal, audio, model.Features.SampleRate);
        using RoomRecorder? recorder = options.SaveRoom is null ? null : new RoomRecorder(options.SaveRoom, model.Features.SampleRate, Tell);

        // More than are saved: with the settings that will be chosen others may be the highest.
        int moments = options.Report is not null || options.SaveTop is not null ? AudioCells.MostPlayers : 0;
        double hours = HoursOf(options);
        if (double.IsFinite(hours))
        {
            Tell(Text($"{hours} hours can show at best {ExactInterval.Short(ExactInterval.HighestRate(0, hours))} false accepts per hour; {options.Target} per hour takes {ExactInterval.HoursToShow(0, options.Target):0.0} hours. Until the end all is in memory only{(recorder is null ? " (--save-room keeps the audio)" : "")}"));
        }

        try
        {
            return new LiveRoom(model, audio.IsPipe ? "standard input" : options.Room[0], moments).Listen(input, hours, recorder, Tell);
        }
        finally
        {
            input.WriteRemarks(terminal.Error);
        }
    }

    /// <summary>How long to listen.</summary>
    private static double HoursOf(CalibrateOptions options) => options.Hours ?? (options.Audio!.IsPipe ? double.PositiveInfinity : PresetHours);

    private static int Finish(Terminal terminal, SpotterModel model, ReplayedItem[] items, IReadOnlyList<string> folders, CalibrateOptions options, CancellationToken stop)
    {
        var result = CalibrationResult.Create(model, items, options.Target, folders.Count, options.Threads, stop);
        DetectorSettings chosen = result.After.Settings;
        List<Moment> highest = Moment.FindHighest(items, chosen, model, MostMoments);
        EvaluationDetail? detail = options.Report is null ? null : EvaluationDetail.Create(model, chosen, items, folders.Count, options.Threads, stop);
        terminal.Output.Write(result.ToTable());
        WriteMoments(terminal, highest, model);
        if (options.SaveTop is not null)
        {
            SaveMoments(terminal, options.SaveTop, highest, model);
        }

        if (detail is not null)
        {
            new EvaluationPage(model, chosen, items, folders, detail).Save(options.Report!, (result, highest));
        }

        if (!options.Force && CalibrationCheck.Refuse(result, model.Keywords) is { } reason)
        {
            throw new InputException($"{reason}; the model is not written (--force writes it even so)");
        }

        Save(model, result, options);
        terminal.Output.WriteLine($"{options.Output}: {result.ToNote()}");
        return CommandLine.Done;
    }

    private static void Save(SpotterModel model, CalibrationResult result, CalibrateOptions options)
    {
        var notes = new Dictionary<string, string>(model.Network.Metadata) { [ResultKey] = result.ToNote() };
        string maker = Text($"kws calibrate --target-false-accepts-per-hour {options.Target}");
        ModelVersions.Save(model.With(result.After.Settings), options.Output, maker, result.ToNote(), notes);
    }

    private static void WriteMoments(Terminal terminal, List<Moment> moments, SpotterModel model)
    {
        terminal.Output.WriteLine();
        terminal.Output.WriteLine("The highest scores in the room: if one of these was the keyword, take it out of the recordings and calibrate again.");
        foreach (Moment moment in moments)
        {
            (string name, double seconds) = moment.Place;
            terminal.Output.WriteLine(Text($"{moment.Score,8:0.000}  {model.Keywords[moment.Keyword],-16} {TimeText.Of(TimeSpan.FromSeconds(seconds)),8}  {name}"));
        }

        terminal.Output.WriteLine();
    }

    private static void SaveMoments(Terminal terminal, string folder, List<Moment> moments, SpotterModel model)
    {
        int lost = 0;
        for (int i = 0; i < moments.Count; i++)
        {
            float[] audio = moments[i].ReadAudio();
            if (audio.Length == 0)
            {
                lost++;
                continue;
            }

            string keyword = string.Concat(model.Keywords[moments[i].Keyword].Select(character => char.IsLetterOrDigit(character) ? character : '_'));
            string name = Text($"{i + 1:00}-{keyword}-{moments[i].Score:0.000}.wav");
            AtomicFile.Write(Path.Combine(folder, name), stream => WavWriter.Write(stream, audio, model.Features.SampleRate, channels: 1));
        }

        if (lost > 0)
        {
            terminal.Error.WriteLine($"kws: {folder}: {lost} of the {moments.Count} moments are not there: their scores were not among the highest while they were heard, so their audio was not kept");
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
