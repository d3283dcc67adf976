namespace KeywordSpotter.Input;

/// <summary>Where audio comes from, and what it is.</summary>
internal sealed record InputSettings
{
    private const string Microphone = "mic";
    private const string NamedMicrophone = "mic:";

    /// <summary>A WAV file, <c>-</c>, <c>mic</c>, <c>mic:DEVICE</c>, or null for the bundled recording.</summary>
    public string? Input { get; init; }

    /// <summary>How samples without a header are stored; null when that was not said, so that a WAV header is believed.</summary>
    public RawFormat? Format { get; init; }

    /// <summary>Of raw input, in Hz.</summary>
    public int Rate { get; init; } = 16000;

    /// <summary>Of raw input.</summary>
    public int Channels { get; init; } = 1;

    /// <summary>The channel to listen to, from 0 on; null: the mean of all.</summary>
    public int? Channel { get; init; }

    /// <summary>Whether a microphone that is not there at the start is waited for.</summary>
    public bool Wait { get; init; }

    /// <summary>Whether the input is standard input.</summary>
    public bool IsPipe => Input == "-";

    /// <summary>The device when the input is a microphone (<c>default</c> for <c>mic</c>), otherwise null.</summary>
    /// <exception cref="UsageException">The input is <c>mic:</c> without a name.</exception>
    public string? Device => Input switch
    {
        Microphone => "default",
        NamedMicrophone => throw new UsageException("'mic:' names no device; allowed: mic, or mic:DEVICE such as mic:plughw:1,0"),
        _ => IsMicrophone(Input) ? Input![NamedMicrophone.Length..] : null,
    };

    /// <summary>Whether an argument means a microphone, and not a file or folder.</summary>
    public static bool IsMicrophone(string? input) =>
        input == Microphone || (input is not null && input.StartsWith(NamedMicrophone, StringComparison.Ordinal));
}
