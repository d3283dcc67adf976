using System.Globalization;
using Devices.Usage;
using KeywordSpotter.Input;
using KeywordSpotter.Spotting;
using Seq.Embedded.Audio;

namespace KeywordSpotter.Commands;

/// <summary><c>kws listen [INPUT]</c>: one line per keyword heard.</summary>
internal static class ListenCommand
{
    private const string BundledRecording = "wake-words.wav";

    /// <summary>Silence after the end of finite audio, so that a word at the very end is still found.</summary>
    private const double TailSeconds = 0.5;

    public static Command Create(Terminal terminal)
    {
        Option model = SharedOptions.Model();
        Option threshold = SharedOptions.Threshold();
        Option rate = Option.Whole("--rate", "Samples per second of raw input.", 1000, 768_000, 16_000);
        Option channels = Option.Whole("--channels", "Channels of raw input, averaged.", 1, 32, 1);
        Option json = SharedOptions.Json("Print JSON, an object per line: {\"time\": seconds, \"keyword\": name, \"score\": 0 to 1}.");
        Option stats = Option.Switch("--stats", "At the end, tell speed against real time and bytes allocated on standard error.");
        return new Command
        {
            Name = "listen",
            Summary = "Listens to a recording, a pipe or a microphone and prints one line per keyword.",
            Argument = ("INPUT", "A WAV file; '-' for raw signed 16-bit little-endian samples on standard input; 'mic' or 'mic:DEVICE' "
                + "for a microphone (ALSA). Without INPUT: the bundled recording."),
            Options = [model, threshold, rate, channels, json, stats],
            Run = arguments =>
            {
                if (arguments.Argument != "-" && (arguments.Has(rate) || arguments.Has(channels)))
                {
                    throw new UsageException("--rate and --channels describe raw input; allowed only with INPUT '-'");
                }

                return Run(terminal, new ListenOptions
                {
                    Input = arguments.Argument,
                    Model = arguments.Text(model),
                    Threshold = SharedOptions.Threshold(arguments, threshold),
                    Rate = arguments.Whole(rate),
                    Channels = arguments.Whole(channels),
                    Json = arguments.Has(json),
                    Stats = arguments.Has(stats),
                });
            },
        };
    }

    public static int Run(Terminal terminal, ListenOptions options)
    {
        SpotterModel model = SpotterModel.Load(options.Model);
        DetectorSettings settings = options.Threshold is { } threshold ? model.Detector.WithThreshold(threshold) : model.Detector;
        using IAudioSource source = Open(terminal, options, model.Features.SampleRate);
        try
        {
            Listen(terminal, new MonoReader(source, model.Features.SampleRate), model, settings, options);
        }
        finally
        {
            // Also when the device has failed or the reader of the output has gone.
            if (source is AlsaCapture { Overruns: > 0 } capture)
            {
                terminal.Error.WriteLine($"kws: audio was lost {capture.Overruns} times because it was not read in time");
            }
        }

        if (source is RawSource { Leftover: > 0 } raw)
        {
            terminal.Error.WriteLine($"kws: the last {raw.Leftover} bytes of standard input were no whole frame and were ignored");
        }

        return CommandLine.Done;
    }

    private static IAudioSource Open(Terminal terminal, ListenOptions options, int sampleRate)
    {
        switch (options.Input)
        {
            case null:
                string recording = Path.Combine(AppContext.BaseDirectory, BundledRecording);
                return File.Exists(recording)
                    ? WavSource.Open(recording)
                    : throw new InputException($"the bundled recording {BundledRecording} is not beside the program: give a WAV file, '-' or 'mic'");
            case "-":
                return new RawSource(terminal.OpenInput(), options.Rate, options.Channels, terminal.Stop);
            case "mic":
                return AlsaCapture.Open("default", sampleRate, terminal.Stop);
            case { } input when input.StartsWith("mic:", StringComparison.Ordinal):
                string device = input["mic:".Length..];
                return device.Length > 0
                    ? AlsaCapture.Open(device, sampleRate, terminal.Stop)
                    : throw new UsageException("'mic:' names no device; allowed: mic, or mic:DEVICE such as mic:plughw:1,0");
            case { } path:
                return WavSource.Open(path);
        }
    }

    private static void Listen(Terminal terminal, MonoReader reader, SpotterModel model, DetectorSettings settings, ListenOptions options)
    {
        var spotter = new Spotter(model, settings);
        var statistics = new ListenStatistics();
        long samples = 0;
        Detection detection;
        void Print(double endOfAudio)
        {
            statistics.Pause();
            double time = Math.Min(spotter.EndSeconds(detection), endOfAudio);
            terminal.Output.WriteLine(Format(time, model.Keywords[detection.Keyword], detection.Score, options.Json));
            terminal.Output.Flush();
            statistics.Resume();
        }

        while (TryRead(reader, terminal.Stop, out ReadOnlySpan<float> block))
        {
            samples += block.Length;
            statistics.BlockRead();
            while (spotter.TryNext(ref block, out detection))
            {
                Print(double.PositiveInfinity);
            }
        }

        string? cost = options.Stats ? statistics.Describe(samples / (double)model.Features.SampleRate) : null;
        double end = samples / (double)model.Features.SampleRate;
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

    /// <summary>The next block; false at the end of the audio and after Ctrl+C, which is how one stops listening.</summary>
    private static bool TryRead(MonoReader reader, CancellationToken stop, out ReadOnlySpan<float> block)
    {
        block = default;
        try
        {
            return !stop.IsCancellationRequested && reader.TryRead(out block);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>A keyword as a JSON string; it has no control characters.</summary>
    private static string Quote(string keyword) => $"\"{keyword.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static string Format(double seconds, string keyword, float score, bool json) => json
        ? string.Create(CultureInfo.InvariantCulture, $"{{\"time\": {seconds:0.00}, \"keyword\": {Quote(keyword)}, \"score\": {score:0.00}}}")
        : string.Create(CultureInfo.InvariantCulture, $"{seconds,8:0.00} s  {keyword}  {score:0.00}");
}
