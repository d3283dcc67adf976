using System.CommandLine;
using System.Globalization;
using System.Text.Json;
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
        var input = new Argument<string?>("INPUT")
        {
            Description = "A WAV file; '-' for raw signed 16-bit little-endian samples on standard input; 'mic' or 'mic:DEVICE' "
                + "for a microphone (ALSA). Without INPUT: the bundled recording.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<string?> model = Options.Model();
        Option<float> threshold = Options.Number("--threshold", "Score from 0 to 1 at which a keyword is reported, instead of the model's own.", 0f, 1f);
        Option<int> rate = Options.Number("--rate", "Samples per second of raw input.", 1000, 768_000, 16_000);
        Option<int> channels = Options.Number("--channels", "Channels of raw input, averaged.", 1, 32, 1);
        Option<bool> json = Options.Json("One JSON object per line: {\"time\": seconds, \"keyword\": name, \"score\": 0 to 1}.");
        var command = new Command("listen", "Listens to a recording, a pipe or a microphone and prints one line per keyword.")
        {
            input, model, threshold, rate, channels, json,
        };
        command.SetAction(parsed =>
        {
            string? source = parsed.GetValue(input);
            if (source != "-" && (Options.Optional(parsed, rate) ?? Options.Optional(parsed, channels)) is not null)
            {
                throw new UsageException("--rate and --channels describe raw input; allowed only with INPUT '-'");
            }

            if (source is { Length: > 1 } && source[0] == '-')
            {
                throw new UsageException($"'{source}' is no option of listen (a file of that name: ./{source})");
            }

            return Run(terminal, new ListenOptions
            {
                Input = source,
                Model = parsed.GetValue(model),
                Threshold = Options.Optional(parsed, threshold),
                Rate = parsed.GetValue(rate),
                Channels = parsed.GetValue(channels),
                Json = parsed.GetValue(json),
            });
        });
        return command;
    }

    public static int Run(Terminal terminal, ListenOptions options)
    {
        SpotterModel model = SpotterModel.Load(options.Model);
        DetectorSettings settings = options.Threshold is { } threshold ? model.Detector.WithThreshold(threshold) : model.Detector;
        using IAudioSource source = Open(terminal, options, model.Features.SampleRate);
        try
        {
            Listen(terminal, new MonoReader(source, model.Features.SampleRate), model, settings, options.Json);
        }
        catch (OperationCanceledException)
        {
            // Ctrl+C is how one stops listening.
        }

        if (source is AlsaCapture { Overruns: > 0 } capture)
        {
            terminal.Error.WriteLine($"kws: audio was lost {capture.Overruns} times because it was not read in time");
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
                const string missing = "no recording is bundled with this build: give a WAV file, '-' or 'mic'";
                return new WavSource(new WavReader(Resources.Open(BundledRecording, missing), BundledRecording));
            case "-":
                return new RawSource(terminal.OpenInput(), options.Rate, options.Channels, terminal.Stop);
            case "mic":
                return AlsaCapture.Open("default", sampleRate);
            case { } input when input.StartsWith("mic:", StringComparison.Ordinal):
                string device = input["mic:".Length..];
                return device.Length > 0
                    ? AlsaCapture.Open(device, sampleRate)
                    : throw new UsageException("'mic:' names no device; allowed: mic, or mic:DEVICE such as mic:plughw:1,0");
            case { } path:
                return WavSource.Open(path);
        }
    }

    private static void Listen(Terminal terminal, MonoReader reader, SpotterModel model, DetectorSettings settings, bool json)
    {
        var spotter = new Spotter(model, settings);
        long samples = 0;
        Detection detection;
        void Print(double endOfAudio)
        {
            double time = Math.Min(spotter.EndSeconds(detection.Step), endOfAudio);
            terminal.Output.WriteLine(Format(time, model.Keywords[detection.Keyword], detection.Score, json));
            terminal.Output.Flush();
        }

        while (reader.TryRead(out ReadOnlySpan<float> block))
        {
            terminal.Stop.ThrowIfCancellationRequested();
            samples += block.Length;
            while (spotter.TryNext(ref block, out detection))
            {
                Print(double.PositiveInfinity);
            }
        }

        double end = samples / (double)model.Features.SampleRate;
        ReadOnlySpan<float> tail = new float[(int)(TailSeconds * model.Features.SampleRate)];
        while (spotter.TryNext(ref tail, out detection))
        {
            Print(end);
        }

        if (spotter.Finish(out detection))
        {
            Print(end);
        }
    }

    private static string Format(double seconds, string keyword, float score, bool json) => json
        ? string.Create(CultureInfo.InvariantCulture, $"{{\"time\": {seconds:0.00}, \"keyword\": \"{JsonEncodedText.Encode(keyword)}\", \"score\": {score:0.00}}}")
        : string.Create(CultureInfo.InvariantCulture, $"{seconds,8:0.00} s  {keyword}  {score:0.00}");
}
