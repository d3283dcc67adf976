using Devices.Usage;
using KeywordSpotter.Input;

namespace KeywordSpotter.Commands;

/// <summary>The options of every command that listens: what raw audio is, which channel counts, and whether a microphone is waited for.</summary>
internal sealed class InputOptions
{
    /// <summary>What INPUT may be.</summary>
    public const string Description = "A WAV file; '-' for standard input, raw or a WAV; 'mic' or 'mic:DEVICE' for a microphone (ALSA).";

    private const string Mix = "mix";
    private const int MaxChannels = 32;

    private readonly Option _format = Option.Text(
        "--format", string.Join('|', RawFormat.Names), $"Samples of raw input; with it, a file has no header either. [{RawFormat.All[0].Name}]");

    private readonly Option _rate = Option.Whole("--rate", "Samples per second of raw input.", 1000, 768_000, 16_000);
    private readonly Option _channels = Option.Whole("--channels", "Channels of raw input.", 1, MaxChannels, 1);
    private readonly Option _channel = Option.Text("--channel", "N|mix", "The channel to listen to, from 1 on, or the mean of all. [mix]");
    private readonly Option _wait = Option.Switch("--wait", "Wait for a microphone that is not there at the start, instead of failing.");

    /// <summary>To be listed among the options of the command.</summary>
    public IReadOnlyList<Option> All => [_format, _rate, _channels, _channel, _wait];

    /// <summary>What was asked for.</summary>
    /// <param name="arguments">Of the command line.</param>
    /// <param name="input">A WAV file, <c>-</c>, <c>mic</c>, <c>mic:DEVICE</c>, or null for the bundled recording.</param>
    /// <exception cref="UsageException">An option is not allowed, or not for this input.</exception>
    public InputSettings Read(Arguments arguments, string? input)
    {
        var settings = new InputSettings
        {
            Input = input,
            Format = arguments.Text(_format) is { } format ? ReadFormat(format) : null,
            Rate = arguments.Whole(_rate),
            Channels = arguments.Whole(_channels),
            Channel = ReadChannel(arguments.Text(_channel) ?? Mix),
            Wait = arguments.Has(_wait),
        };
        bool isRaw = settings.IsPipe || (settings.Format is not null && input is not null && settings.Device is null);
        if (!isRaw && (arguments.Has(_rate) || arguments.Has(_channels) || arguments.Has(_format)))
        {
            throw new UsageException("--rate, --channels and --format describe raw input; allowed only with INPUT '-', or with a FILE and --format");
        }

        if (settings.Wait && settings.Device is null)
        {
            throw new UsageException("--wait waits for a microphone; allowed only with mic or mic:DEVICE");
        }

        return settings;
    }

    private static RawFormat ReadFormat(string text) => Array.Find(RawFormat.All, format => format.Name == text)
        ?? throw new UsageException($"--format is '{text}'; allowed: {string.Join(", ", RawFormat.Names)}");

    private static int? ReadChannel(string text)
    {
        if (text == Mix)
        {
            return null;
        }

        return int.TryParse(text, out int channel) && channel is >= 1 and <= MaxChannels
            ? channel - 1
            : throw new UsageException($"--channel is '{text}'; allowed: 1 to {MaxChannels}, or {Mix}");
    }
}
