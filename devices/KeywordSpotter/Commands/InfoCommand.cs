using System.Globalization;
using Devices.Usage;
using KeywordSpotter.Spotting;
using KeywordSpotter.Tuning;
using Seq.Embedded.Audio;
using Seq.Embedded;

namespace KeywordSpotter.Commands;

/// <summary><c>kws info</c>: what a model is and costs.</summary>
internal static class InfoCommand
{
    public static Command Create(Terminal terminal)
    {
        Option model = SharedOptions.Model();
        return new Command
        {
            Name = "info",
            Summary = "Shows the labels, layers, parameters, cost and settings of a model.",
            Options = [model],
            Run = arguments => Run(terminal, SpotterModel.Load(arguments.Text(model))),
        };
    }

    private static int Run(Terminal terminal, SpotterModel model)
    {
        void Line(FormattableString line) => terminal.Output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
        INetwork network = model.Network;
        FeatureSettings features = model.Features;
        DetectorSettings detector = model.Detector;
        double stepSeconds = features.SecondsPerVector;

        Line($"model       {model.Name}");
        Line($"keywords    {string.Join(", ", model.Keywords)}");
        Line($"thresholds  {string.Join(", ", Array.ConvertAll([.. detector.Thresholds], value => value.ToString("0.00##", CultureInfo.InvariantCulture)))}");
        Line($"detector    mean of {string.Join(", ", detector.SmoothingSteps)} steps, refractory time {detector.RefractorySeconds} s, warm-up {detector.WarmUpSteps} steps");
        Line($"features    {features.Kind}, {features.Bands} bands from {features.LowHz} to {features.HighHz} Hz at {features.SampleRate} Hz");
        Line($"frames      window {Milliseconds(features.WindowSamples)} ms, hop {Milliseconds(features.HopSamples)} ms");
        Line($"steps       {features.Stack} frames, every {stepSeconds * 1000:0.#} ms ({features.FeatureCount} values)");
        Line($"");
        Line($"{"layer",-12} {"kind",-18} {"input",6} {"output",6} {"parameters",11} {"multiply-adds",14}");
        foreach (LayerSummary layer in network.Layers)
        {
            Line($"{layer.Name,-12} {layer.Kind,-18} {layer.Inputs,6} {layer.Outputs,6} {layer.Parameters,11:N0} {layer.MultiplyAdds,14:N0}");
        }

        Line($"{"all",-12} {"",-18} {KeywordModel.InputSize,6} {network.OutputSize,6} {network.ParameterCount,11:N0} {network.MultiplyAddsPerStep,14:N0}");
        Line($"");
        Line($"per second  {network.MultiplyAddsPerStep / stepSeconds / 1e6:0.00} million multiply-adds");
        Line($"memory      {network.WeightBytes:N0} bytes of weights (shared), {Weights(network.Format)}, {KeywordModel.StateBytes:N0} bytes of state per stream");
        if (network.Format == WeightFormat.Float32)
        {
            Line($"tuning      {Tuning(TunedLayers.Head)} for the head, {Tuning(TunedLayers.Last)} for the last layer with it, {Tuning(TunedLayers.All)} for all layers (trainer, examples and {TuningSession.UsualClips} clips of {TuningSession.UsualSeconds} s; the program comes on top)");
        }

        return CommandLine.Done;

        string Tuning(TunedLayers layers) =>
            string.Create(CultureInfo.InvariantCulture, $"{TuningSession.GetMemory(new TuningOptions { Layers = layers }, model) / 1e6:0.0} MB");

        static string Weights(WeightFormat format) => format == WeightFormat.Int8 ? "8-bit integers with a scale for each row" : "32-bit floats";

        double Milliseconds(int samples) => 1000.0 * samples / features.SampleRate;
    }
}
