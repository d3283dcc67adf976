using Devices.Usage;
using KeywordSpotter.Health;
using KeywordSpotter.Serving;
using KeywordSpotter.Spotting;

namespace KeywordSpotter.Commands;

/// <summary><c>kws serve</c>: a wake-word service for Home Assistant.</summary>
internal static class ServeCommand
{
    private const string PresetUri = "tcp://127.0.0.1:10400";

    public static Command Create(Terminal terminal)
    {
        Option uri = Option.Text("--uri", "uri", "Where to serve: tcp://HOST:PORT with an IP address or localhost, or unix:///PATH. "
            + $"Not given: {PresetUri}, which only programs on this machine reach. Opening it, as with tcp://0.0.0.0:10400, means: the protocol knows no "
            + "password and no encryption, so everybody in the network can have audio listened to, learn which keywords there are and use this "
            + "machine's time, up to --max-clients. Audio is never stored or passed on.");
        Option model = SharedOptions.Model();
        Option threshold = SharedOptions.Threshold();
        Option clients = Option.Whole("--max-clients", "Clients at a time; further ones are turned away.", 1, 1000, 8);
        Option idle = Option.Whole("--idle-seconds", "A client that sends nothing for so long is dropped.", 1, 86_400, 600);
        return new Command
        {
            Name = "serve",
            Summary = "Serves wake-word detection to Home Assistant and others that speak the Wyoming protocol.",
            Options = [uri, model, threshold, clients, idle],
            Run = arguments => Run(
                terminal,
                ServerAddress.Parse(arguments.Text(uri) ?? PresetUri),
                arguments.Text(model),
                SharedOptions.Threshold(arguments, threshold),
                new ServerLimits(arguments.Whole(clients), TimeSpan.FromSeconds(arguments.Whole(idle)))),
        };
    }

    private static int Run(Terminal terminal, ServerAddress address, string? file, float? threshold, ServerLimits limits)
    {
        SpotterModel model = SpotterModel.Load(file);
        DetectorSettings settings = threshold is { } value ? model.Detector.WithThreshold(value) : model.Detector;
        using ServiceNotifier notifier = ServiceNotifier.FromEnvironment();
        using var server = new WyomingServer(address, model, settings, limits, terminal);
        if (address.IsOpen)
        {
            terminal.Error.WriteLine("kws: warning: other machines can reach this address, and the protocol knows no password (see kws serve --help)");
        }

        terminal.Error.WriteLine($"kws: serving {string.Join(", ", model.Keywords)} at {server.Uri}");
        server.Run(notifier);
        return CommandLine.Done;
    }
}
