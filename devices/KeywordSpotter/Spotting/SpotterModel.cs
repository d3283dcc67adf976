using System.Text;
using System.Text.Json;
using Seq.Embedded.Audio;
using Seq.Embedded.Weights;

namespace KeywordSpotter.Spotting;

/// <summary>A trained network together with everything needed to use it: labels, feature settings, detector settings.</summary>
internal sealed class SpotterModel
{
    public const string LabelsKey = "seq.labels";
    public const string BackgroundLabel = "background";

    private const string BundledResource = "wake-words.safetensors";

    private SpotterModel(string name, INetwork network, IReadOnlyList<string> keywords, FeatureSettings features, DetectorSettings detector)
    {
        Name = name;
        Network = network;
        Keywords = keywords;
        Features = features;
        Detector = detector;
    }

    /// <summary>File name, for messages.</summary>
    public string Name { get; }

    public INetwork Network { get; }

    public IReadOnlyList<string> Keywords { get; }

    public FeatureSettings Features { get; }

    public DetectorSettings Detector { get; }

    /// <summary>Loads a weight file of floats or of 8-bit weights, or the bundled model when <paramref name="path"/> is null.</summary>
    /// <exception cref="InputException">The file is missing or is not a keyword model.</exception>
    /// <exception cref="WeightFileException">The file is damaged or does not fit the network.</exception>
    public static SpotterModel Load(string? path) => From(Read(path));

    /// <summary>The model of a file of floats or of 8-bit weights.</summary>
    /// <exception cref="InputException">The file is not a keyword model.</exception>
    /// <exception cref="WeightFileException">The file does not fit the network.</exception>
    public static SpotterModel From(SafeTensorsFile file) => From(file, Int8Weights.IsInt8(file) ? Int8KeywordModel.Load(file) : KeywordModel.Load(file));

    /// <summary>Loads a weight file of floats and rounds the weights to 8 bits.</summary>
    /// <returns>The model as it is in the file, and the same with 8-bit weights.</returns>
    /// <exception cref="InputException">The file is not a keyword model, or has 8-bit weights already.</exception>
    /// <exception cref="WeightFileException">The file does not fit the network.</exception>
    public static (SpotterModel Floats, SpotterModel Int8) LoadRounded(SafeTensorsFile file) => Int8Weights.IsInt8(file)
        ? throw new InputException($"{file.Name}: its weights have 8 bits already; allowed: a model with weights of floats")
        : (From(file, KeywordModel.Load(file)), From(file, Int8KeywordModel.Load(file)));

    /// <summary>Reads a weight file, or the bundled model when <paramref name="path"/> is null.</summary>
    /// <exception cref="InputException">The file is missing or a folder.</exception>
    /// <exception cref="WeightFileException">The file is damaged.</exception>
    public static SafeTensorsFile Read(string? path) => ModelFile.Read(path, BundledResource);

    /// <summary>Puts a network in memory together with its settings, as training does.</summary>
    public static SpotterModel Create(INetwork network, IReadOnlyList<string> keywords, FeatureSettings features, DetectorSettings detector) =>
        new("model in training", network, keywords, features, detector);

    /// <summary>The same model with one threshold for all keywords.</summary>
    public SpotterModel WithThreshold(float threshold) => With(Detector.WithThreshold(threshold));

    /// <summary>The same model with another detector.</summary>
    public SpotterModel With(DetectorSettings detector) => new(Name, Network, Keywords, Features, detector);

    /// <summary>The same model with outputs for further keywords.</summary>
    public SpotterModel With(INetwork network, IReadOnlyList<string> added) =>
        new(Name, network, [.. Keywords, .. added], Features, Detector.WithAdded(added.Count));

    /// <summary>Saves network and settings in one file, atomically.</summary>
    public void Save(string path, Dictionary<string, string> notes)
    {
        var metadata = new Dictionary<string, string>(notes) { [LabelsKey] = FormatLabels([BackgroundLabel, .. Keywords]) };
        foreach ((string key, string value) in Features.ToMetadata())
        {
            metadata[key] = value;
        }

        metadata.Remove(DetectorSettings.NearMissKey); // of the detector before, where this one has none
        foreach ((string key, string value) in Detector.ToMetadata())
        {
            metadata[key] = value;
        }

        Network.Save(path, metadata);
    }

    private static SpotterModel From(SafeTensorsFile file, INetwork network)
    {
        string name = file.Name;
        string[] labels = ParseLabels(file, name);
        if (labels.Length != network.OutputSize)
        {
            throw new InputException($"{name}: '{LabelsKey}' has {labels.Length} labels; allowed: {network.OutputSize}, one per output");
        }

        FeatureSettings features = ParseFeatures(file, name);
        CheckFeatures(features, name);
        return new SpotterModel(name, network, labels[1..], features, DetectorSettings.FromMetadata(file.Metadata, labels.Length - 1, name));
    }

    /// <summary>The features are those of the class, for which its front end is made.</summary>
    private static void CheckFeatures(FeatureSettings features, string name)
    {
        Dictionary<string, string> found = features.ToMetadata();
        foreach ((string key, string allowed) in KeywordModel.FrontEnd.Settings.ToMetadata())
        {
            if (found[key] != allowed)
            {
                throw new InputException($"{name}: '{key}' is '{found[key]}'; allowed: '{allowed}', which this program's network takes");
            }
        }
    }

    public static FeatureSettings ParseFeatures(SafeTensorsFile file, string name)
    {
        try
        {
            return FeatureSettings.FromMetadata(file.Metadata);
        }
        catch (FormatException exception)
        {
            throw new InputException($"{name}: {exception.Message}");
        }
    }

    public static string[] ParseLabels(SafeTensorsFile file, string name)
    {
        if (!file.Metadata.TryGetValue(LabelsKey, out string? text))
        {
            throw new InputException($"{name}: its metadata lack '{LabelsKey}', so it is no keyword model");
        }

        return ParseLabels(text, name);
    }

    /// <summary>Reads what <see cref="FormatLabels"/> wrote.</summary>
    public static string[] ParseLabels(string text, string name)
    {
        try
        {
            Utf8JsonReader reader = new(Encoding.UTF8.GetBytes(text));
            reader.Read();
            bool isList = reader.TokenType == JsonTokenType.StartArray;
            var labels = new List<string>();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                labels.Add(reader.GetString() ?? "");
            }

            isList &= !reader.Read(); // anything but white space behind the list makes the reader throw
            if (isList
                && labels.Count >= 2
                && labels[0] == BackgroundLabel
                && new HashSet<string>(labels).Count == labels.Count
                && labels.TrueForAll(label => label.Length > 0 && !Array.Exists(label.ToCharArray(), char.IsControl)))
            {
                return [.. labels];
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Reported below, together with lists that have the wrong labels.
        }

        throw new InputException(
            $"{name}: '{LabelsKey}' is '{text}'; allowed: a JSON array of "
            + $"different strings without control characters, '{BackgroundLabel}' and at least one keyword");
    }

    public static string FormatLabels(string[] labels) =>
        "[" + string.Join(",", Array.ConvertAll(labels, label => "\"" + JsonEncodedText.Encode(label) + "\"")) + "]";
}
