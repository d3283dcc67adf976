using System.Globalization;
using Devices.Usage;
using KeywordSpotter.Data;
using KeywordSpotter.Training;
using KeywordSpotter.Tuning;
using Seq.Embedded.Audio;

namespace KeywordSpotter.Commands;

/// <summary><c>kws replay</c>: examples that a model hears again while it is tuned, in a small file.</summary>
internal static class ReplayCommand
{
    public static Command Create(Terminal terminal)
    {
        Option data = Option.Text("--data", "dir", "Folder with one folder of WAV clips per keyword, as for kws train.", required: true);
        Option background = Option.Folders("--background", "Folders of WAV files without keywords, of any length: speech and other words.");
        Option noise = Option.Folders("--noise", "Folders of WAV files of noise to mix in.");
        Option output = Option.Text("--out", "file", "File to write (safetensors); NAME.replay.safetensors goes with the model NAME.safetensors.", required: true);
        Option examples = Option.Whole("--examples", "How many: each takes 40 bytes for every 20 ms.", 2, 100_000, 144);
        Option seconds = Option.Number("--seconds", "Length of an example in seconds.", 1.0, 30.0, 1.6);
        Option mix = Option.Text("--mix", "kind=weight,...", $"How often each kind of example is drawn; the default is {new Mixture()}.");
        Option seed = Option.Whole("--seed", "The same seed gives the same file.", 0, int.MaxValue, 0);
        Option threads = SharedOptions.Threads("Threads; the result does not depend on it.");
        return new Command
        {
            Name = "replay",
            Summary = "Writes varied examples of keywords and other audio as features of 4 bits, which kws enroll and kws tune play so that they are not forgotten.",
            Options = [data, background, noise, output, examples, seconds, mix, seed, threads],
            Run = arguments => Run(
                terminal,
                new TrainingFolders(arguments.Given(data), [], arguments.Texts(background), arguments.Texts(noise)),
                new TrainingOptions
                {
                    Seconds = arguments.Number(seconds),
                    Seed = arguments.Whole(seed),
                    Threads = arguments.Whole(threads),
                    Validation = 0,
                    Augmentation = new AugmentationSettings // time and bands are varied more when it is replayed
                    {
                        SlowestSpeed = 0.93,
                        FastestSpeed = 1.08,
                        Tract = 1.12,
                        Reverberation = 0.35,
                        LowestLevel = -45,
                        LowestSnr = 5,
                        HighestSnr = 40,
                        Babble = 0.15,
                        Household = 0.2,
                        Response = 6,
                        Telephone = 0.04,
                        Context = 0.5,
                        Masks = 0,
                    },
                    Mixture = arguments.Text(mix) is { } text ? Mixture.Parse(text) : new Mixture(),
                },
                arguments.Whole(examples),
                arguments.Given(output)),
        };
    }

    private static int Run(Terminal terminal, TrainingFolders folders, TrainingOptions options, int count, string path)
    {
        OutputFile.CheckWritable(path, "--out", ("--data", [folders.Data]), ("--background", folders.Background), ("--noise", folders.Noise));
        var features = new FeatureSettings();
        TrainingData data;
        Example[] examples;
        try
        {
            data = TrainingData.Load(folders, features.SampleRate, options.Validation, options.Threads, terminal.Error.WriteLine, terminal.Stop);
            int steps = ExampleMaker.Steps(options, features);
            examples = Parallelism.Map(Enumerable.Range(0, count).ToArray(), options.Threads, terminal.Stop, () => new ExampleMaker(data, options, features), (index, maker) =>
            {
                var example = new Example(steps, features.FeatureCount);
                maker.Make(0, index, [], example);
                return example;
            });
        }
        catch (OperationCanceledException)
        {
            throw new InputException("stopped before all examples were made; nothing is saved");
        }

        var set = ReplaySet.Create(data.Keywords, features, examples);
        set.Save(path, new Dictionary<string, string>
        {
            ["replay.recipe"] = string.Create(CultureInfo.InvariantCulture, $"--examples {count} --seconds {options.Seconds} --mix {options.Mixture} --seed {options.Seed}"),
        });
        int keywords = examples.Count(example => example.Label > 0);
        terminal.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{path}: {keywords} examples of {data.Keywords.Count} keywords and {count - keywords} of other audio, {set.Bytes:N0} bytes"));
        return CommandLine.Done;
    }
}
