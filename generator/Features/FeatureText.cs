using System.Globalization;
using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Features;

/// <summary>Describes features for people.</summary>
internal static class FeatureText
{
    /// <summary>The values of a time step: <c>40 bands x 2 frames</c>.</summary>
    public static string Count(FeatureSpec spec)
    {
        string values = spec.Kind switch
        {
            "Spectrogram" or "LogSpectrogram" => $"{Numbers.Text(spec.Bins)} bins",
            "Mfcc" => $"{Numbers.Text(spec.FrameValues)} coefficients",
            _ => $"{Numbers.Text(spec.Bands)} bands{(spec.HasEnergy ? " and energy" : "")}",
        };
        string deltas = spec.Deltas == 0 ? "" : spec.Deltas == 1 ? ", with slopes" : ", with slopes and slopes of slopes";
        return values + deltas + (spec.Stack > 1 ? $", x {Numbers.Text(spec.Stack)} frames" : "");
    }

    /// <summary>The whole front end in one line.</summary>
    public static string Summary(FeatureSpec spec) =>
        $"{Kind(spec)}, {Count(spec)}; frames of {Samples(spec, spec.WindowSamples)} every {Samples(spec, spec.HopSamples)} at {Numbers.Text(spec.SampleRate)} Hz";

    /// <summary>What is computed of a frame, line by line.</summary>
    public static IEnumerable<string> Lines(FeatureSpec spec)
    {
        string mean = spec.Has("RemoveMean") ? ", less its mean" : "", emphasis = spec.Number("PreEmphasis") != 0 ? $", pre-emphasis {spec.Text("PreEmphasis")}" : "";
        string scale = spec.Number("InputScale") != 1 ? $", samples times {spec.Text("InputScale")}" : "";
        string place = spec.IsCentred ? $" around its time, {(spec.Text("Padding") == "Reflect" ? "samples mirrored" : "zeros")} beyond the ends" : "";
        yield return $"frame: {Samples(spec, spec.WindowSamples)}{place}{mean}{emphasis}{scale}";
        yield return $"spectrum: window {spec.Text("WindowFunction")}, {Numbers.Text(spec.FftSize)} points, {(spec.Has("Magnitude") ? "magnitudes" : "powers")}";
        if (!spec.IsSpectrum)
        {
            string shape = spec.Text("FilterShape") switch
            {
                "Mel" => "straight in mel",
                "EqualArea" => "straight in Hz, of equal area",
                _ => "straight in Hz",
            };
            yield return $"bands: {Numbers.Text(spec.Bands)} of {Hertz(spec.LowHz)} to {Hertz(spec.HighHz)} Hz, equally spaced in mel ({spec.Text("MelScale")}), {shape}";
        }

        if (ValuesLine(spec) is { Length: > 0 } line)
        {
            yield return line;
        }

        if (spec.HasEnergy)
        {
            yield return $"energy: ln(max(sum of squares, {spec.Text("EnergyFloor")})), {(spec.Kind == "LogMel" ? "before the bands" : "in place of the first value")}";
        }

        if (spec.Number("OutputScale") != 1)
        {
            yield return $"scale: {spec.Text("OutputScale")}";
        }

        if (spec.Deltas > 0)
        {
            yield return $"slopes{(spec.Deltas > 1 ? " and slopes of slopes" : "")}: over {Numbers.Text(spec.DeltaReach)} frames on each side";
        }

        yield return $"vector: {Numbers.Text(spec.Stack)} {(spec.Stack == 1 ? "frame" : "frames")}, every {Samples(spec, (long)spec.HopSamples * spec.Stride)}";
    }

    /// <summary>So many samples, with their time.</summary>
    public static string Samples(FeatureSpec spec, long samples) =>
        $"{Numbers.Text(samples)} samples ({Milliseconds(spec, samples)})";

    /// <summary>The time of so many samples.</summary>
    public static string Milliseconds(FeatureSpec spec, long samples) =>
        $"{Math.Round(samples * 1000.0 / spec.SampleRate, 3).ToString(CultureInfo.InvariantCulture)} ms";

    private static string ValuesLine(FeatureSpec spec)
    {
        string logarithm = spec.Text("LogFloorKind") == "Added" ? $"ln(E + {spec.Text("LogFloor")})" : $"ln(max(E, {spec.Text("LogFloor")}))";
        return spec.Kind switch
        {
            "LogMel" or "LogSpectrogram" => $"values: {logarithm}",
            "Mfcc" => $"values: {logarithm}, cosine transform ({spec.Text("CosineNorm").ToLowerInvariant()}){(spec.Number("Lifter") != 0 ? $", lifter {spec.Text("Lifter")}" : "")}",
            "Pcen" => $"values: (E / ({spec.Text("PcenFloor")} + M)^{spec.Text("PcenGain")} + {spec.Text("PcenBias")})^{spec.Text("PcenPower")} - {spec.Text("PcenBias")}^{spec.Text("PcenPower")}, smoothing {spec.Text("PcenSmoothing")}",
            _ => "",
        };
    }

    private static string Kind(FeatureSpec spec) => spec.Kind switch
    {
        "Pcen" => "PCEN",
        "LogMel" => "log-mel",
        "Mel" => "mel",
        "Mfcc" => "MFCC",
        "LogSpectrogram" => "log spectrogram",
        _ => "spectrogram",
    };

    private static string Hertz(double frequency) => frequency.ToString("#,0.###", CultureInfo.InvariantCulture);
}
