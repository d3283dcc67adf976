using System.Numerics.Tensors;
using System.Text.Json;
using Seq.Embedded.Weights;

namespace SpokenWords;

/// <summary>A trained network together with everything needed to use it: words and front end. Not thread-safe.</summary>
internal sealed class WordClassifier
{
    /// <summary>Names of the models that are part of the program.</summary>
    public static readonly string[] BundledModels = ["digits", "commands"];

    private const string LabelsKey = "seq.labels";

    private readonly WordModel _network;
    private readonly WordFrontEnd _frontEnd;
    private readonly WordModel.Stream _stream;
    private readonly float[] _features;
    private readonly float[] _posteriors;

    public WordClassifier(WordModel network, IReadOnlyList<string> words, WordFrontEnd frontEnd)
    {
        _network = network;
        _frontEnd = frontEnd;
        Words = words;
        _stream = network.CreateStream(frontEnd.Steps);
        _features = new float[frontEnd.Steps * WordModel.InputSize];
        _posteriors = new float[words.Count];
    }

    public IReadOnlyList<string> Words { get; }

    /// <summary>Of the model, in Hz.</summary>
    public int SampleRate => _frontEnd.Features.SampleRate;

    /// <summary>What is said in a clip.</summary>
    /// <returns>The word, and the posterior of each; valid until the next call.</returns>
    public (int Word, float[] Posteriors) Classify(Clip clip)
    {
        _frontEnd.Extract(clip, _features);
        _stream.Run(_features, _posteriors);
        return (TensorPrimitives.IndexOfMax<float>(_posteriors), _posteriors);
    }

    /// <summary>The same model for another thread.</summary>
    public WordClassifier Share() => new(_network, Words, new WordFrontEnd(_frontEnd.Features, _frontEnd.Seconds));

    /// <summary>Loads a weight file, or one of the bundled models by its name.</summary>
    /// <exception cref="InputException">The file is missing or is no model of this program.</exception>
    /// <exception cref="WeightFileException">The file is damaged or does not fit the network.</exception>
    public static WordClassifier Load(string nameOrPath)
    {
        SafeTensorsFile file = Read(nameOrPath);
        WordModel network = WordModel.Load(file);
        string[] words = ParseLabels(file);
        return words.Length == network.OutputSize
            ? new WordClassifier(network, words, WordFrontEnd.FromMetadata(file.Metadata, file.Name))
            : throw new InputException($"{file.Name}: '{LabelsKey}' has {words.Length} words; allowed: {network.OutputSize}, one per output");
    }

    /// <summary>Saves network and settings in one file, atomically.</summary>
    public void Save(string path, IReadOnlyDictionary<string, string> notes)
    {
        var metadata = new Dictionary<string, string>(notes) { [LabelsKey] = JsonSerializer.Serialize([.. Words], LabelJson.Default.StringArray) };
        foreach ((string key, string value) in _frontEnd.ToMetadata())
        {
            metadata[key] = value;
        }

        _network.Save(path, metadata);
    }

    private static SafeTensorsFile Read(string nameOrPath)
    {
        if (Array.IndexOf(BundledModels, nameOrPath) >= 0)
        {
            string resource = $"{nameOrPath}.safetensors";
            using Stream stream = typeof(WordClassifier).Assembly.GetManifestResourceStream(resource)
                ?? throw new InputException($"no model '{nameOrPath}' is bundled with this build: give one with --model FILE");
            return SafeTensorsFile.Read(stream, resource);
        }

        if (Directory.Exists(nameOrPath))
        {
            throw new InputException($"{nameOrPath}: is a folder; a model is a file");
        }

        return File.Exists(nameOrPath)
            ? SafeTensorsFile.Read(nameOrPath)
            : throw new InputException($"{nameOrPath}: no such model file; bundled: {string.Join(", ", BundledModels)}");
    }

    private static string[] ParseLabels(SafeTensorsFile file)
    {
        string? text = file.Metadata.GetValueOrDefault(LabelsKey);
        try
        {
            string[]? words = text is null ? null : JsonSerializer.Deserialize(text, LabelJson.Default.StringArray);
            if (words is { Length: >= 2 } && Array.TrueForAll(words, word => !string.IsNullOrEmpty(word) && !word.Any(char.IsControl)) && words.Distinct().Count() == words.Length)
            {
                return words;
            }
        }
        catch (JsonException)
        {
            // Reported below, together with lists that have the wrong labels.
        }

        throw new InputException($"{file.Name}: '{LabelsKey}' is '{text}'; allowed: a JSON array of two or more different strings without control characters");
    }
}
