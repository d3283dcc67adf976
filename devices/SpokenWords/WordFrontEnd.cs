using System.Globalization;
using System.Numerics.Tensors;
using Seq.Embedded.Audio;

namespace SpokenWords;

/// <summary>
/// From a clip of any length to the feature vectors that the network reads: the word in the middle of a window of fixed length, always at the same level.
/// Not thread-safe.
/// </summary>
/// <remarks>Log-mel energies are counted from the loudest one of the clip down, which has the value 0; what is more than <see cref="Range"/> below counts as that.</remarks>
internal sealed class WordFrontEnd
{
    private const string SecondsKey = "words.seconds";
    private const float Level = 0.05f; // RMS over the window, 26 dB below full scale
    private const float SilenceRms = 1e-5f;
    private const float Range = 10; // nats of energy: 43 dB
    private const float Scale = 0.4f;

    private readonly FeatureExtractor _extractor;
    private readonly float[] _window;

    public WordFrontEnd(FeatureSettings features, double seconds)
    {
        Features = features;
        Seconds = seconds;
        _window = new float[SamplesOf(features, seconds)];
        _extractor = new FeatureExtractor(features);
        Steps = _extractor.CountFor(_window.Length);
    }

    /// <summary>What is extracted.</summary>
    public FeatureSettings Features { get; }

    /// <summary>Length of the window in seconds.</summary>
    public double Seconds { get; }

    /// <summary>Feature vectors of a clip.</summary>
    public int Steps { get; }

    /// <summary>Samples of the window.</summary>
    public static int SamplesOf(FeatureSettings features, double seconds) => (int)Math.Round(seconds * features.SampleRate);

    /// <summary>The feature vectors of a clip.</summary>
    /// <param name="clip">At the sample rate of the features, of any length.</param>
    /// <param name="destination">(Steps, FeatureCount).</param>
    public void Extract(Clip clip, Span<float> destination)
    {
        int middle = (clip.Shape.SpeechStart + clip.Shape.SpeechEnd) / 2;
        int from = clip.Samples.Length <= _window.Length ? 0 : Math.Clamp(middle - (_window.Length / 2), 0, clip.Samples.Length - _window.Length);
        int count = Math.Min(clip.Samples.Length, _window.Length);
        Array.Clear(_window);
        Span<float> part = _window.AsSpan((_window.Length - count) / 2, count);
        Copy(clip, from, part, Features.SampleRate);
        float rms = MathF.Sqrt(TensorPrimitives.SumOfSquares(part) / _window.Length);
        TensorPrimitives.Multiply(part, Level / (rms + SilenceRms), part);
        _extractor.ExtractAll(_window, destination);
        Normalise(Features, destination);
    }

    /// <summary>
    /// Copies a part of a clip without its mean, faded in and out over 5 ms: a constant offset of the microphone, or noise that
    /// begins at once, would click where the silence around the clip ends.
    /// </summary>
    public static void Copy(Clip clip, int from, Span<float> destination, int sampleRate)
    {
        clip.CopyTo(from, destination);
        TensorPrimitives.Add(destination, -TensorPrimitives.Sum<float>(destination) / Math.Max(1, destination.Length), destination);
        int fade = Math.Min(sampleRate / 200, destination.Length / 2);
        for (int i = 0; i < fade; i++)
        {
            float gain = (i + 0.5f) / fade;
            destination[i] *= gain;
            destination[^(i + 1)] *= gain;
        }
    }

    /// <summary>Counts log-mel energies from the loudest one down; other features are left as they are.</summary>
    public static void Normalise(FeatureSettings features, Span<float> values)
    {
        if (features.Kind != FeatureKind.LogMel)
        {
            return;
        }

        TensorPrimitives.Add(values, -TensorPrimitives.Max<float>(values), values);
        TensorPrimitives.Max(values, -Range, values);
        TensorPrimitives.Add(values, Range / 2, values);
        TensorPrimitives.Multiply(values, Scale, values);
    }

    /// <summary>The settings as text, for the metadata of a weight file.</summary>
    public Dictionary<string, string> ToMetadata() => new(Features.ToMetadata())
    {
        [SecondsKey] = Seconds.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>The settings that <see cref="ToMetadata"/> wrote.</summary>
    /// <exception cref="InputException">A setting is missing or not allowed.</exception>
    public static WordFrontEnd FromMetadata(IReadOnlyDictionary<string, string> metadata, string name)
    {
        try
        {
            FeatureSettings features = FeatureSettings.FromMetadata(metadata);
            if (features.FeatureCount != WordModel.InputSize)
            {
                throw new InputException($"{name}: its features have {features.FeatureCount} values per step; allowed: {WordModel.InputSize}");
            }

            return metadata.TryGetValue(SecondsKey, out string? text)
                && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds)
                && seconds is >= WordLimits.ShortestSeconds and <= WordLimits.LongestSeconds
                    ? new WordFrontEnd(features, seconds)
                    : throw new InputException($"{name}: '{SecondsKey}' is '{text}'; allowed: {WordLimits.ShortestSeconds} to {WordLimits.LongestSeconds}");
        }
        catch (FormatException exception)
        {
            throw new InputException($"{name}: {exception.Message}");
        }
    }
}
