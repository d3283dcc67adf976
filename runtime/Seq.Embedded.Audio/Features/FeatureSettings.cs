using Seq.Embedded.Audio.Kernels;
using Seq.Embedded.Audio.Tables;

namespace Seq.Embedded.Audio;

/// <summary>How audio becomes feature vectors; see <see cref="FeatureExtractor"/> for the formulas.</summary>
/// <remarks>For programs that take the settings from a file; a class of a model declares features with <see cref="AudioFeaturesAttribute"/>.
/// A model is trained with one set of settings and works with no other, so they travel in its weight file: <see cref="ToMetadata"/> and <see cref="FromMetadata"/>.</remarks>
public sealed record FeatureSettings
{
    /// <summary>Of the audio, in Hz: 1,000 to 768,000.</summary>
    public int SampleRate { get; init; } = 16_000;

    /// <summary>Samples of one frame, 2 to <see cref="FftSize"/> (400 = 25 ms at 16 kHz).</summary>
    public int WindowSamples { get; init; } = 400;

    /// <summary>Samples from one frame's start to the next one's (160 = 10 ms at 16 kHz).</summary>
    public int HopSamples { get; init; } = 160;

    /// <summary>Points of the Fourier transform, a power of two from 16 to 65,536; the window is followed by zeros.</summary>
    public int FftSize { get; init; } = 512;

    /// <summary>Mel bands, 1 to 512.</summary>
    public int Bands { get; init; } = 40;

    /// <summary>Lower edge of the lowest band in Hz, at least 0.</summary>
    public double LowHz { get; init; } = 20;

    /// <summary>Upper edge of the highest band in Hz, at most half of the sample rate.</summary>
    public double HighHz { get; init; } = 7_600;

    /// <summary>What is made of the energy of a band: <see cref="FeatureKind.Pcen"/> or <see cref="FeatureKind.LogMel"/>.</summary>
    public FeatureKind Kind { get; init; } = FeatureKind.Pcen;

    /// <summary>Consecutive frames in one feature vector, 1 to 64, oldest first.</summary>
    public int Stack { get; init; } = 2;

    /// <summary>Frames from one feature vector's start to the next one's, 1 to 64.</summary>
    public int Stride { get; init; } = 2;

    /// <summary>Weight of the newest frame in a band's running level, in (0, 1] (0.025 = 0.4 s at a hop of 10 ms).</summary>
    public double PcenSmoothing { get; init; } = 0.025;

    /// <summary>How much of the level is divided out, 0 to 1.</summary>
    public double PcenGain { get; init; } = 0.98;

    /// <summary>Added before the power, in (0, 1000].</summary>
    public double PcenBias { get; init; } = 2;

    /// <summary>The root that compresses, in (0, 1].</summary>
    public double PcenPower { get; init; } = 0.5;

    /// <summary>Added to a band's level, in [1e-20, 1]: energies far below it count as silence.</summary>
    /// <remarks>The default is about the energy of the rounding to 16 bits, the least that such audio can tell from silence. A higher floor hides the
    /// background of a quiet microphone, a lower one brings out rounding noise (measured: of 1e-6 to 1e-12, 1e-8 changes the features least when
    /// recordings are made 100 times quieter and rounded to 16 bits again).</remarks>
    public double PcenFloor { get; init; } = 1e-8;

    /// <summary>Added to the energy before the logarithm of <see cref="FeatureKind.LogMel"/>, in [1e-20, 1].</summary>
    public double LogFloor { get; init; } = 1e-6;

    /// <summary>Every feature, of either kind, is multiplied by it; not 0.</summary>
    public double OutputScale { get; init; } = 0.7;

    /// <summary>Numbers in one feature vector.</summary>
    public int FeatureCount => Bands * Stack;

    /// <summary>Seconds from one feature vector to the next.</summary>
    public double SecondsPerVector => (double)HopSamples * Stride / SampleRate;

    /// <summary>Throws where a setting is not allowed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range; the message names the setting, its value and the range.</exception>
    /// <exception cref="ArgumentException">There are so many bands that one lies between two bins of the transform.</exception>
    public void Validate()
    {
        Check(SampleRate, WavFormat.MinSampleRate, WavFormat.MaxSampleRate, nameof(SampleRate));
        Check(FftSize, RealFft.MinSize, RealFft.MaxSize, nameof(FftSize));
        if ((FftSize & (FftSize - 1)) != 0)
        {
            throw Wrong(nameof(FftSize), FftSize, "a power of two");
        }

        Check(WindowSamples, 2, FftSize, nameof(WindowSamples));
        Check(HopSamples, 1, WavFormat.MaxSampleRate, nameof(HopSamples));
        Check(Bands, 1, 512, nameof(Bands));
        Check(LowHz, 0, SampleRate / 2.0, nameof(LowHz));
        Check(HighHz, LowHz, SampleRate / 2.0, nameof(HighHz));
        if (HighHz <= LowHz)
        {
            throw Wrong(nameof(HighHz), HighHz, $"above {nameof(LowHz)}, {LowHz}");
        }

        if (Kind is not (FeatureKind.Pcen or FeatureKind.LogMel))
        {
            throw Wrong(nameof(Kind), Kind, $"{FeatureKind.Pcen} or {FeatureKind.LogMel}");
        }

        Check(Stack, 1, 64, nameof(Stack));
        Check(Stride, 1, 64, nameof(Stride));
        Check(PcenSmoothing, 1e-6, 1, nameof(PcenSmoothing));
        Check(PcenGain, 0, 1, nameof(PcenGain));
        Check(PcenBias, 1e-6, 1_000, nameof(PcenBias));
        Check(PcenPower, 1e-3, 1, nameof(PcenPower));
        Check(PcenFloor, 1e-20, 1, nameof(PcenFloor));
        Check(LogFloor, 1e-20, 1, nameof(LogFloor));
        Check(OutputScale, -1e6, 1e6, nameof(OutputScale));
        if (OutputScale == 0)
        {
            throw Wrong(nameof(OutputScale), OutputScale, "different from 0");
        }

        if (MelTable.Create(Bands, LowHz, HighHz, SampleRate, FftSize).EmptyBand is { } band)
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"Mel band {band} lies between two bins of the transform, which are {(double)SampleRate / FftSize:F2} Hz apart; use fewer bands or a larger FftSize."));
        }
    }

    /// <summary>The settings as text, for the metadata of a weight file: keys "features.sample_rate" and so on.</summary>
    public Dictionary<string, string> ToMetadata() => FeatureMetadata.Write(this);

    /// <summary>The settings that <see cref="ToMetadata"/> wrote; keys that do not start with "features." are not looked at.</summary>
    /// <exception cref="FormatException">A setting is missing, unknown, unreadable or out of its range, or there are too many bands for the transform; the message names it.</exception>
    public static FeatureSettings FromMetadata(IReadOnlyDictionary<string, string> metadata) => FeatureMetadata.Read(metadata);

    private static void Check(double value, double low, double high, string name)
    {
        if (!(value >= low && value <= high))
        {
            throw Wrong(name, value, FormattableString.Invariant($"{low} to {high}"));
        }
    }

    private static ArgumentOutOfRangeException Wrong(string name, object value, string allowed) =>
        new(name, FormattableString.Invariant($"The feature setting {name} is {value}; allowed is {allowed}."));
}
