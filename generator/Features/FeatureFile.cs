using System.Globalization;
using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Features;

/// <summary>The features that the library's <c>FeatureSettings</c> can state, too.</summary>
internal static class FeatureFile
{
    /// <summary>What such settings have otherwise.</summary>
    private static readonly (string Name, string Value)[] Fixed =
    [
        ("Padding", "None"), ("InputScale", "1"), ("RemoveMean", "False"), ("PreEmphasis", "0"), ("WindowFunction", "Hann"), ("Magnitude", "False"),
        ("MelScale", "Htk"), ("FilterShape", "Hertz"), ("LogFloorKind", "Added"), ("Energy", "False"), ("Deltas", "0"),
    ];

    /// <summary>The members of an initializer; empty where there is something that they cannot say.</summary>
    public static IReadOnlyList<string> SettingsOf(FeatureSpec spec)
    {
        if (spec.Kind is not ("Pcen" or "LogMel") || Fixed.Any(setting => spec.Text(setting.Name) != setting.Value))
        {
            return [];
        }

        string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
        return
        [
            $"SampleRate = {Number(spec.SampleRate)}",
            $"WindowSamples = {Number(spec.WindowSamples)}",
            $"HopSamples = {Number(spec.HopSamples)}",
            $"FftSize = {Number(spec.FftSize)}",
            $"Bands = {Number(spec.Bands)}",
            $"LowHz = {Number(spec.LowHz)}",
            $"HighHz = {Number(spec.HighHz)}",
            $"Kind = global::Seq.Embedded.Audio.FeatureKind.{spec.Kind}",
            $"Stack = {Number(spec.Stack)}",
            $"Stride = {Number(spec.Stride)}",
            .. (spec.Kind == "Pcen" ? (string[])["PcenSmoothing", "PcenGain", "PcenBias", "PcenPower", "PcenFloor"] : ["LogFloor"]).Select(name => $"{name} = {Number(spec.Number(name))}"),
            $"OutputScale = {Number(spec.Number("OutputScale"))}",
        ];
    }
}
