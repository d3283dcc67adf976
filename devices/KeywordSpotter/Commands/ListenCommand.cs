using System.Globalization;
using Devices.Usage;
using KeywordSpotter.Input;
using KeywordSpotter.Spotting;
using Seq.Embedded.Audio;

namespace KeywordSpotter.Commands;

/// <summary><c>kws listen [INPUT]</c>: one line per keyword heard.</summary>
internal static class ListenCommand
{
    /// <summary>Silence after the end of finite audio, so that a word at the very end is still found.</summary>
    private const double TailSeconds = 0.5;

    public static Command Create(Terminal terminal)
    {
        Option model = SharedOptions.Model();
        Option threshold = SharedOptions.Threshold();
        var input = new InputOptions();
        Option json = SharedOptions.Json("Print JSON, an object per line: {\"time\": seconds, \"keyword\": name, \"score\": 0 to 1}.");
        Option stats = Option.Switch("--stats", "At the end, tell speed against real time and bytes allocated on standard error.");
        Option devices = Option.Switch("--devices", "List the microphones of this machine, and do nothing else.");
        return new Command
        {
            Name = "listen",
            Summary = "Listens to a recording, a pipe or a microphone and prints one line per keyword.",
            Argument = ("INPUT", $"{InputOptions.Description} Without INPUT: the bundled recording."),
            Options = [model, threshold, .. input.All, json, stats, devices],
            Run = arguments => arguments.Has(devices) ? ListDevices(terminal) : Run(terminal, new ListenOptions
            {
                Audio = input.Read(arguments, arguments.Argument),
                Model = arguments.Text(model),
                Threshold = SharedOptions.Threshold(arguments, threshold),
                Json = arguments.Has(json),
                Stats = arguments.Has(stats),
            }),
        };
    }

    public static int Run(Terminal terminal, ListenOptions options)
    {
        SpotterModel model = SpotterModel.Load(options.Model);
        DetectorSettings settings = options.Threshold is { } threshold ? model.Detector.WithThreshold(threshold) : model.Detector;
        using AudioInput input = AudioInput.Open(terminal, options.Audio, model.Features.SampleRate);
        try
        {
            Listen(terminal, input, model, settings, options);
        }
        finally
        {
            input.WriteRemarks(terminal.Error); // also when the device has failed or the reader of the output has gone
        }

        return CommandLine.Done;
    }

    private static int ListDevices(Terminal terminal)
    {
        IReadOnlyList<AudioDevice> devices = AlsaDevices.List();
        foreach (AudioDevice device in devices)
        {
            terminal.Output.WriteLine($"mic:{device.Name}  {device.Description}".TrimEnd());
        }

        return devices.Count > 0 ? CommandLine.Done : throw new InputException("there is no microphone on this machine");
    }

    private static void Listen(Terminal terminal, AudioInput input, SpotterModel model, DetectorSettings settings, ListenOptions options)
    {
        var spotter = new Spotter(model, settings);
        var statistics = new ListenStatistics();
        long samples = 0;
        double origin = 0; // seconds from the start to where the spotter began
        Detection detection;
        void Print(double endOfAudio)
        {
            statistics.Pause();
            double time = Math.Min(origin + spotter.EndSeconds(detection), endOfAudio);
            terminal.Output.WriteLine(Format(time, model.Keywords[detection.Keyword], detection.Score, options.Json));
            terminal.Output.Flush();
            statistics.Resume();
        }

        while (input.TryRead(out ReadOnlySpan<float> block))
        {
            if (input.HasRestarted)
            {
                if (spotter.Finish(out detection))
                {
                    Print(double.PositiveInfinity);
                }

                spotter.Reset();
                origin = input.Position;
            }

            samples += block.Length;
            statistics.BlockRead();
            while (spotter.TryNext(ref block, out detection))
            {
                Print(double.PositiveInfinity);
            }
        }

        string? cost = options.Stats ? statistics.Describe(samples / (double)model.Features.SampleRate) : null;
        double end = (samples / (double)model.Features.SampleRate) + input.LostSeconds;
        bool ended = !terminal.Stop.IsCancellationRequested;
        ReadOnlySpan<float> tail = new float[ended ? (int)(TailSeconds * model.Features.SampleRate) : 0];
        while (spotter.TryNext(ref tail, out detection))
        {
            Print(end);
        }

        if (spotter.Finish(out detection))
        {
            Print(end);
        }

        if (cost is not null)
        {
            terminal.Error.WriteLine($"kws: {cost}");
        }
    }

    /// <summary>A keyword as a JSON string; it has no control characters.</summary>
    private static string Quote(string keyword) => $"\"{keyword.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static string Format(double seconds, string keyword, float score, bool json) => json
        ? string.Create(CultureInfo.InvariantCulture, $"{{\"time\": {seconds:0.00}, \"keyword\": {Quote(keyword)}, \"score\": {score:0.00}}}")
        : string.Create(CultureInfo.InvariantCulture, $"{seconds,8:0.00} s  {keyword}  {score:0.00}");
}
