using System.Globalization;
using Seq.Embedded.Generator.Features;

namespace Seq.Embedded.Generator.Spec;

/// <summary>The features that a model's class declares, and the sizes that follow: values only. Sizes of settings that are not allowed mean nothing; the rules say what is.</summary>
/// <param name="Options">Every setting with its value as text, given or not.</param>
/// <param name="Given">The names of those that are given.</param>
internal sealed record FeatureSpec(EquatableArray<OptionSpec> Options, EquatableArray<string> Given)
{
    public string Kind => Text("Kind");

    public int SampleRate => Integer("SampleRate");

    /// <summary>Samples of a frame, and from one to the next, which need not be whole.</summary>
    public double WindowLength => Length("Window");

    public double HopLength => Length("Hop");

    public int WindowSamples => Whole(WindowLength);

    public int HopSamples => Whole(HopLength);

    /// <summary>Points of the Fourier transform: those given, or the next size of one.</summary>
    public int FftSize => Integer("FftSize") > 0 ? Integer("FftSize") : FeatureOptions.NextFftSize(WindowSamples);

    public int Bins => (FftSize / 2) + 1;

    public int Bands => Integer("Bands");

    public double LowHz => Number("LowHz");

    /// <summary>In Hz; half of the sample rate where it is 0.</summary>
    public double HighHz => Number("HighHz") == 0 ? SampleRate / 2.0 : Number("HighHz");

    public bool IsSpectrum => Kind is "Spectrogram" or "LogSpectrogram";

    public bool HasEnergy => Has("Energy") && FeatureOptions.Of("Energy").IsUsedBy(Kind);

    /// <summary>Values of a frame, without slopes.</summary>
    public int FrameValues => IsSpectrum ? Bins : Kind == "Mfcc" ? Integer("Coefficients") : Bands + (HasEnergy ? 1 : 0);

    public int Deltas => Integer("Deltas");

    public int DeltaReach => Integer("DeltaReach");

    /// <summary>Values of a frame with slopes.</summary>
    public int RowValues => FrameValues * (1 + Deltas);

    /// <summary>Frames by which a vector of features comes later than its last frame.</summary>
    public int DelayFrames => Deltas * DeltaReach;

    public int Stack => Integer("Stack");

    public int Stride => Integer("Stride");

    public bool IsCentred => Text("Padding") != "None";

    /// <summary>True where vectors of features come at the end of the audio only.</summary>
    public bool HasFlush => IsCentred || Deltas > 0;

    /// <summary>Values of a vector of features; 0 where settings are far from allowed.</summary>
    public int Count => (long)RowValues * Stack is var count && count is > 0 and <= int.MaxValue ? (int)count : 0;

    public string Text(string name) => Options.First(option => option.Name == name).Value;

    public bool Has(string name) => Text(name) == "True";

    public int Integer(string name) => int.Parse(Text(name), CultureInfo.InvariantCulture);

    public double Number(string name) => double.Parse(Text(name), CultureInfo.InvariantCulture);

    public bool IsGiven(string name) => Given.Contains(name);

    private double Length(string name) => Integer(name + "Samples") > 0 ? Integer(name + "Samples") : Number(name) * SampleRate / 1000;

    /// <summary>The nearest whole number of samples.</summary>
    private static int Whole(double length) => length is > 0 and < int.MaxValue / 2 ? (int)Math.Round(length) : 0;
}
