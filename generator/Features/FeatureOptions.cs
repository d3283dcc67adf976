using System.Globalization;
using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Features;

/// <summary>Every setting of [AudioFeatures]: a table, so that reading, checking and documentation cannot disagree about one.</summary>
internal static class FeatureOptions
{
    public const int MinFftSize = 16;
    public const int MaxFftSize = 65_536;

    private static readonly string[] Bands = ["Pcen", "LogMel", "Mel", "Mfcc"];
    private static readonly string[] Logarithms = ["LogMel", "Mfcc", "LogSpectrogram"];
    private static readonly string[] Coefficients = ["Mfcc"];
    private static readonly string[] Levels = ["Pcen"];

    /// <summary>The settings, in the order of the attribute.</summary>
    public static IReadOnlyList<FeatureOption> All { get; } =
    [
        new("Preset", "Default", "Kaldi", "Torchaudio", "TensorFlow"),
        new("Kind", "Pcen", "LogMel", "Mel", "Mfcc", "Spectrogram", "LogSpectrogram"),
        new("SampleRate", 1_000, 768_000, "16000", isWhole: true),
        new("Window", 0.001, 60_000, "25"),
        new("Hop", 0.001, 60_000, "10"),
        new("WindowSamples", 0, MaxFftSize, "0", isWhole: true),
        new("HopSamples", 0, 768_000, "0", isWhole: true),
        new("Padding", "None", "Reflect", "Zeros"),
        new("FftSize", 0, MaxFftSize, "0", isWhole: true),
        new("InputScale", 1e-6, 1e6, "1"),
        new("RemoveMean", "False", "True"),
        new("PreEmphasis", 0, 1, "0"),
        new("WindowFunction", "Hann", "PeriodicHann", "Hamming", "PeriodicHamming", "Povey", "Blackman", "Rectangular"),
        new("Magnitude", "False", "True"),
        new("Bands", 1, 512, "40", isWhole: true) { Kinds = Bands },
        new("LowHz", 0, 384_000, "20") { Kinds = Bands },
        new("HighHz", 0, 384_000, "7600") { Kinds = Bands },
        new("MelScale", "Htk", "Slaney") { Kinds = Bands },
        new("FilterShape", "Hertz", "Mel", "EqualArea") { Kinds = Bands },
        new("LogFloor", 1e-20, 1, "1E-06") { Kinds = Logarithms },
        new("LogFloorKind", "Added", "Lowest") { Kinds = Logarithms },
        new("Energy", "False", "True") { Kinds = Logarithms },
        new("EnergyFloor", 1e-20, 1e20, "1") { Kinds = Logarithms },
        new("Coefficients", 1, 512, "13", isWhole: true) { Kinds = Coefficients },
        new("CosineNorm", "Orthonormal", "Uniform") { Kinds = Coefficients },
        new("Lifter", 0, 1_000, "0") { Kinds = Coefficients },
        new("PcenSmoothing", 1e-6, 1, "0.025") { Kinds = Levels },
        new("PcenGain", 0, 1, "0.98") { Kinds = Levels },
        new("PcenBias", 1e-6, 1_000, "2") { Kinds = Levels },
        new("PcenPower", 1e-3, 1, "0.5") { Kinds = Levels },
        new("PcenFloor", 1e-20, 1, "1E-08") { Kinds = Levels },
        new("OutputScale", -1e6, 1e6, "1"),
        new("Deltas", 0, 2, "0", isWhole: true),
        new("DeltaReach", 1, 16, "2", isWhole: true),
        new("Stack", 1, 64, "1", isWhole: true),
        new("Stride", 1, 64, "1", isWhole: true),
    ];

    /// <summary>What the presets have other than the defaults.</summary>
    private static readonly Dictionary<string, Dictionary<string, string>> Presets = new()
    {
        ["Kaldi"] = new()
        {
            ["RemoveMean"] = "True", ["PreEmphasis"] = "0.97", ["WindowFunction"] = "Povey", ["Bands"] = "23", ["HighHz"] = "0", ["FilterShape"] = "Mel",
            ["LogFloor"] = "1.1920929E-07", ["LogFloorKind"] = "Lowest", ["Lifter"] = "22",
        },
        ["Torchaudio"] = new()
        {
            ["Hop"] = "12.5", ["Padding"] = "Reflect", ["WindowFunction"] = "PeriodicHann", ["Bands"] = "64", ["LowHz"] = "0", ["HighHz"] = "0",
            ["Coefficients"] = "40",
        },
        ["TensorFlow"] = new()
        {
            ["Window"] = "64", ["Hop"] = "16", ["WindowFunction"] = "PeriodicHann", ["Magnitude"] = "True", ["Bands"] = "80", ["LowHz"] = "80",
            ["FilterShape"] = "Mel", ["CosineNorm"] = "Uniform",
        },
    };

    public static FeatureOption Of(string name) => All.First(option => option.Name == name);

    /// <summary>The settings with their values: those given, else those of the preset, else the defaults.</summary>
    public static FeatureSpec Complete(IReadOnlyDictionary<string, string> given)
    {
        Presets.TryGetValue(given.TryGetValue("Preset", out string? name) ? name : "Default", out Dictionary<string, string>? preset);
        Dictionary<string, string> values = All.ToDictionary(
            option => option.Name,
            option => given.TryGetValue(option.Name, out string? value) || preset?.TryGetValue(option.Name, out value) == true ? value : option.Default);

        // Defaults that other settings limit.
        if (!given.ContainsKey("HighHz") && Value(values, "HighHz") > Value(values, "SampleRate") / 2)
        {
            values["HighHz"] = "0";
        }

        if (!given.ContainsKey("Coefficients") && Value(values, "Bands") >= 1 && Value(values, "Coefficients") > Value(values, "Bands"))
        {
            values["Coefficients"] = values["Bands"];
        }

        return new FeatureSpec(new(All.Select(option => new OptionSpec(option.Name, values[option.Name]))), new(All.Select(option => option.Name).Where(given.ContainsKey)));
    }

    /// <summary>True for a number of points that the Fourier transform of the library takes.</summary>
    public static bool IsFftSize(int size) => size is >= MinFftSize and <= MaxFftSize && (size & (size - 1)) == 0;

    /// <summary>The smallest such number that a window fits in, or the largest.</summary>
    public static int NextFftSize(int window)
    {
        int size = MinFftSize;
        while (size < window && size < MaxFftSize)
        {
            size *= 2;
        }

        return size;
    }

    private static double Value(Dictionary<string, string> values, string name) => double.Parse(values[name], CultureInfo.InvariantCulture);
}
