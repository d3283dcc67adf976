using System.Globalization;

namespace Seq.Embedded.Audio;

/// <summary>Feature settings as text. A table, so that writing and reading cannot disagree about a key.</summary>
internal static class FeatureMetadata
{
    private const string Prefix = "features.";

    private static readonly Entry[] Entries =
    [
        Integer("sample_rate", s => s.SampleRate, (s, v) => s with { SampleRate = v }),
        Integer("window_samples", s => s.WindowSamples, (s, v) => s with { WindowSamples = v }),
        Integer("hop_samples", s => s.HopSamples, (s, v) => s with { HopSamples = v }),
        Integer("fft_size", s => s.FftSize, (s, v) => s with { FftSize = v }),
        Integer("bands", s => s.Bands, (s, v) => s with { Bands = v }),
        Number("low_hz", s => s.LowHz, (s, v) => s with { LowHz = v }),
        Number("high_hz", s => s.HighHz, (s, v) => s with { HighHz = v }),
        new("kind", s => s.Kind == FeatureKind.Pcen ? "pcen" : "log_mel", ReadKind),
        Integer("stack", s => s.Stack, (s, v) => s with { Stack = v }),
        Integer("stride", s => s.Stride, (s, v) => s with { Stride = v }),
        Number("pcen_smoothing", s => s.PcenSmoothing, (s, v) => s with { PcenSmoothing = v }),
        Number("pcen_gain", s => s.PcenGain, (s, v) => s with { PcenGain = v }),
        Number("pcen_bias", s => s.PcenBias, (s, v) => s with { PcenBias = v }),
        Number("pcen_power", s => s.PcenPower, (s, v) => s with { PcenPower = v }),
        Number("pcen_floor", s => s.PcenFloor, (s, v) => s with { PcenFloor = v }),
        Number("log_floor", s => s.LogFloor, (s, v) => s with { LogFloor = v }),
        Number("output_scale", s => s.OutputScale, (s, v) => s with { OutputScale = v }),
    ];

    public static Dictionary<string, string> Write(FeatureSettings settings)
    {
        var metadata = new Dictionary<string, string>();
        foreach (Entry entry in Entries)
        {
            metadata.Add(Prefix + entry.Key, entry.Write(settings));
        }

        return metadata;
    }

    public static FeatureSettings Read(IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        foreach (string key in metadata.Keys)
        {
            if (key.StartsWith(Prefix, StringComparison.Ordinal) && !Array.Exists(Entries, entry => key == Prefix + entry.Key))
            {
                throw new FormatException($"The feature setting \"{key}\" is unknown; known are {Prefix}"
                    + string.Join($", {Prefix}", Array.ConvertAll(Entries, entry => entry.Key)) + ".");
            }
        }

        var settings = new FeatureSettings();
        foreach (Entry entry in Entries)
        {
            if (!metadata.TryGetValue(Prefix + entry.Key, out string? text))
            {
                throw new FormatException($"The feature setting \"{Prefix}{entry.Key}\" is missing.");
            }

            settings = entry.Read(settings, text);
        }

        try
        {
            settings.Validate();
        }
        catch (ArgumentException e)
        {
            throw new FormatException(e.Message, e);
        }

        return settings;
    }

    private static FeatureSettings ReadKind(FeatureSettings settings, string text) => text switch
    {
        "pcen" => settings with { Kind = FeatureKind.Pcen },
        "log_mel" => settings with { Kind = FeatureKind.LogMel },
        _ => throw Unreadable("kind", text, "pcen and log_mel"),
    };

    private static Entry Integer(string key, Func<FeatureSettings, int> get, Func<FeatureSettings, int, FeatureSettings> set) =>
        new(key, s => get(s).ToString(CultureInfo.InvariantCulture), (s, text) =>
            int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
                ? set(s, value)
                : throw Unreadable(key, text, "whole numbers"));

    private static Entry Number(string key, Func<FeatureSettings, double> get, Func<FeatureSettings, double, FeatureSettings> set) =>
        new(key, s => get(s).ToString("R", CultureInfo.InvariantCulture), (s, text) =>
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
                ? set(s, value)
                : throw Unreadable(key, text, "numbers"));

    private static FormatException Unreadable(string key, string text, string allowed) =>
        new($"The feature setting \"{Prefix}{key}\" is \"{text}\"; allowed are {allowed}.");

    private sealed record Entry(string Key, Func<FeatureSettings, string> Write, Func<FeatureSettings, string, FeatureSettings> Read);
}
