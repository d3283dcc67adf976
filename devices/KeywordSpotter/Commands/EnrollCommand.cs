using System.Globalization;
using Devices.Usage;
using KeywordSpotter.Data;
using KeywordSpotter.Input;
using KeywordSpotter.Recording;
using KeywordSpotter.Spotting;
using Seq.Embedded.Audio;

namespace KeywordSpotter.Commands;

/// <summary><c>kws enroll</c>: a new keyword from a few recordings, on the device.</summary>
internal static class EnrollCommand
{
    private const int LeastClips = 5;
    private const int MostClips = 200;
    private const int UsualClips = 10;

    public static Command Create(Terminal terminal)
    {
        Option clips = Option.Text(
            "--clips", "DIR|INPUT", $"The recordings: a folder of WAV files, one keyword in each; or where to record them from. {InputOptions.Description}", required: true);
        Option count = Option.Whole("--count", "Recordings to make.", LeastClips, MostClips, UsualClips);
        Option keep = Option.Text("--keep", "dir", "Folder to keep the recordings in, as WAV files. They are private; without it none is kept.");
        Option background = Option.Folders("--background", "Folders of WAV files without the keyword, as they are heard where the model is used.");
        var input = new InputOptions();
        var recipe = new TuningRecipe();
        return new Command
        {
            Name = "enroll",
            Summary = "Adds a keyword to a model from 5 to 20 recordings of it; guides through making them.",
            Argument = ("KEYWORD", "What is said, such as \"hey robin\"."),
            Options = [clips, count, keep, background, .. input.All, .. recipe.All],
            Run = arguments =>
            {
                string keyword = Check(arguments.Argument);
                string source = arguments.Given(clips);
                bool isFolder = Directory.Exists(source);
                if (isFolder && (arguments.Has(keep) || arguments.Has(count)))
                {
                    throw new UsageException("--keep and --count are about recordings that are made; allowed only where --clips is no folder");
                }

                InputSettings? settings = isFolder ? null : input.Read(arguments, source);
                int threads = recipe.Threads(arguments);
                return TuningRun.Run(terminal, recipe.Read(
                    arguments,
                    $"kws enroll \"{keyword}\"",
                    [("--clips", [source]), ("--background", arguments.Texts(background))],
                    model =>
                    {
                        if (model.Keywords.Contains(keyword) || keyword == SpotterModel.BackgroundLabel)
                        {
                            throw new InputException($"{model.Name}: '{keyword}' is one of its labels already; allowed: another name, or kws tune, which adapts a keyword");
                        }

                        int rate = model.Features.SampleRate;
                        Clip[] all = settings is null
                            ? Load(terminal, source, rate, threads)
                            : Record(terminal, settings, keyword, arguments.Whole(count), arguments.Text(keep), rate);
                        return TrainingData.Of(keyword, all, arguments.Texts(background), rate, threads, terminal.Stop);
                    }));
            },
        };
    }

    private static string Check(string? keyword) => keyword is null
        ? throw new UsageException("the keyword is missing; allowed: kws enroll \"hey robin\" --clips DIR or --clips mic")
        : keyword.Trim().Length > 0 && !Array.Exists(keyword.ToCharArray(), char.IsControl)
            ? keyword.Trim()
            : throw new UsageException($"the keyword is '{keyword}'; allowed: a text that can be printed in a line");

    private static Clip[] Load(Terminal terminal, string folder, int sampleRate, int threads)
    {
        string[] files = AudioFolder.FindWavs(folder, "--clips");
        if (files.Length < LeastClips)
        {
            throw new InputException($"{folder}: holds {files.Length} WAV files; allowed: at least {LeastClips}");
        }

        Clip[] clips = AudioFolder.Decode(files, sampleRate, threads, terminal.Stop);
        foreach (Clip clip in clips)
        {
            if (TakeCheck.Fault(clip, sampleRate) is { } fault)
            {
                terminal.Error.WriteLine($"{clip.Name}: {fault} (it is used all the same)");
            }
        }

        return clips;
    }

    private static Clip[] Record(Terminal terminal, InputSettings settings, string keyword, int count, string? keep, int sampleRate)
    {
        if (keep is not null)
        {
            Directory.CreateDirectory(keep); // what is wrong with it is told before anybody speaks
        }

        using AudioInput input = AudioInput.Open(terminal, settings, sampleRate);
        bool live = settings.Device is not null && !Console.IsErrorRedirected;
        var guide = new RecordingGuide(keyword, count, sampleRate, terminal.Error, live);
        int number = 0;
        IReadOnlyList<float[]> takes = guide.Record(input.TryRead, input.Level, (_, samples) =>
        {
            if (keep is not null)
            {
                WavWriter.Write(FreeName(keep, ref number), samples, sampleRate);
            }
        });
        input.WriteRemarks(terminal.Error);
        terminal.Stop.ThrowIfCancellationRequested();
        if (takes.Count < Math.Min(count, LeastClips))
        {
            throw new InputException($"the audio ended after {takes.Count} good recordings of \"{keyword}\"; allowed: at least {LeastClips}");
        }

        return [.. takes.Select((samples, i) => new Clip(string.Create(CultureInfo.InvariantCulture, $"recording {i + 1}"), Clip.Quantise(samples), sampleRate))];
    }

    /// <summary>The next name that is not taken: recordings of another day are never written over.</summary>
    private static string FreeName(string folder, ref int number)
    {
        string path;
        do
        {
            path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{++number:000}.wav"));
        }
        while (File.Exists(path));

        return path;
    }
}
