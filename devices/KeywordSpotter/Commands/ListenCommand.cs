using System.Globalization;
using Devices.Usage;
using KeywordSpotter.Input;
using KeywordSpotter.Listening;
using KeywordSpotter.Spotting;
using Seq.Embedded.Audio;

namespace KeywordSpotter.Commands;

/// <summary><c>kws listen [INPUT]</c>: one line per keyword heard.</summary>
internal static class ListenCommand
{
    public static Command Create(Terminal terminal)
    {
        Option model = SharedOptions.Model();
        Option threshold = SharedOptions.Threshold();
        var input = new InputOptions();
        Option json = SharedOptions.Json(
            "Print JSON, an object per line: {\"time\": seconds, \"keyword\": name, \"score\": 0 to 1}, for a near miss with \"near_miss\": true. With --stats also those.");
        Option nearMisses = Option.Switch("--near-misses", "Print what nearly was a keyword as well, marked as such.");
        Option nearMiss = Option.Number("--near-miss", "Score from 0 to 1 from which on it is one, instead of the model's own (half of the threshold).", 0.01, 1);
        Option noGate = Option.Switch("--no-gate", "Let features and network work in silence, too: without it they rest while a quiet room is silent.");
        Option stats = Option.Switch(
            "--stats", "Tell level, clipping, losses, rates per hour, speed, memory and processor time on standard error: at the end, of a microphone or pipe every minute.");
        Option statsEvery = Option.Number("--stats-every", "Seconds of audio between two such lines.", 1, 1e6);
        Option live = Option.Switch("--live", "Draw level, scores and the last keywords on the terminal instead of printing lines.");
        Option onDetect = Option.Text(
            "--on-detect", "command", "Run a command for each keyword, by /bin/sh -c with KWS_KEYWORD, KWS_SCORE and KWS_TIME (seconds) in its environment. Listening never waits for it: "
            + "four run at once, 16 wait, the rest is left out. Its output goes to standard error.");
        Option onDetectTimeout = Option.Number("--on-detect-timeout", "Seconds after which such a command is killed.", 0.1, 3600, 30);
        Option keep = Option.Text(
            "--keep", "dir", "Keep two seconds of audio of each keyword and near miss in DIR/new, for kws review. Off unless given. PRIVACY: these clips hold what was said "
            + "in the room; tell those who are there. They stay on this machine, readable by their owner only, until they are reviewed or newer ones push them out.");
        Option keepAtMost = Option.Whole("--keep-at-most", "Clips in DIR/new; the oldest is deleted for one more.", 1, 1_000_000, 200);
        Option keepBytes = Option.Text("--keep-bytes", "size", "Bytes of them all, with kB, MB or GB, at least 100kB. [50MB]");
        Option devices = Option.Switch("--devices", "List the microphones of this machine, and do nothing else.");
        return new Command
        {
            Name = "listen",
            Summary = "Listens to a recording, a pipe or a microphone and prints one line per keyword.",
            Argument = ("INPUT", $"{InputOptions.Description} Without INPUT: the bundled recording."),
            Options =
            [
                model, threshold, .. input.All, json, nearMisses, nearMiss, noGate, stats, statsEvery, live,
                onDetect, onDetectTimeout, keep, keepAtMost, keepBytes, devices,
            ],
            Run = arguments =>
            {
                Needs(arguments, onDetect, onDetectTimeout);
                Needs(arguments, keep, keepAtMost, keepBytes);
                Needs(arguments, stats, statsEvery);
                return arguments.Has(devices) ? ListDevices(terminal) : Run(terminal, new ListenOptions
                {
                    Audio = input.Read(arguments, arguments.Argument),
                    Model = arguments.Text(model),
                    Threshold = SharedOptions.Threshold(arguments, threshold),
                    NearMiss = SharedOptions.Threshold(arguments, nearMiss),
                    Gate = !arguments.Has(noGate),
                    NearMisses = arguments.Has(nearMisses),
                    Json = arguments.Has(json),
                    Stats = arguments.Has(stats),
                    StatsEvery = arguments.Has(statsEvery) ? arguments.Number(statsEvery) : null,
                    Live = arguments.Has(live) && CanDraw(terminal, arguments.Has(json)),
                    OnDetect = arguments.Text(onDetect),
                    OnDetectTimeout = TimeSpan.FromSeconds(arguments.Number(onDetectTimeout)),
                    Keep = arguments.Text(keep) is not { } folder ? null : new KeepSettings
                    {
                        Folder = folder,
                        MostClips = arguments.Whole(keepAtMost),
                        MostBytes = arguments.Text(keepBytes) is { } size ? ByteSize.Parse(keepBytes.Name, size, 100_000) : KeepSettings.UsualBytes,
                    },
                });
            },
        };
    }

    public static int Run(Terminal terminal, ListenOptions options)
    {
        SpotterModel model = SpotterModel.Load(options.Model);
        DetectorSettings settings = options.Threshold is { } threshold ? model.Detector.WithThreshold(threshold) : model.Detector;
        if (options.NearMiss is { } nearMiss)
        {
            if (nearMiss > settings.Thresholds.Max())
            {
                throw new UsageException(string.Create(
                    CultureInfo.InvariantCulture, $"--near-miss is {nearMiss}, above the threshold, so that nothing would be one; allowed: 0.01 to {settings.Thresholds.Max()}"));
            }

            settings = settings with { NearMiss = DetectorSettings.Same(nearMiss, model.Keywords.Count) };
        }

        if (options.Live && LiveView.SharesErrors)
        {
            terminal = terminal with { Error = new LiveMessages(terminal.Error) };
        }

        using AudioInput input = AudioInput.Open(terminal, options.Audio, model.Features.SampleRate);
        try
        {
            using var loop = new ListenLoop(terminal, input, model, settings, options);
            loop.Run();
        }
        finally
        {
            input.WriteRemarks(terminal.Error); // also when the device has failed or the reader of the output has gone
        }

        return CommandLine.Done;
    }

    private static void Needs(Arguments arguments, Option main, params ReadOnlySpan<Option> details)
    {
        foreach (Option detail in details)
        {
            if (arguments.Has(detail) && !arguments.Has(main))
            {
                throw new UsageException($"{detail.Name} goes with {main.Name}, which is missing");
            }
        }
    }

    private static bool CanDraw(Terminal terminal, bool json)
    {
        if (json)
        {
            throw new UsageException("--live draws and --json prints lines; allowed: one of them");
        }

        return LiveView.CanDraw(terminal) ? true : throw new UsageException("--live draws on a terminal, and standard output is none");
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
}
