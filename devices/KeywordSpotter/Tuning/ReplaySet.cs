using System.Globalization;
using System.Runtime.InteropServices;
using KeywordSpotter.Spotting;
using Seq.Embedded.Audio;
using Seq.Embedded.Weights;

namespace KeywordSpotter.Tuning;

/// <summary>
/// A few hundred examples that a model was able to tell apart, as features of 8 bits: heard again while it learns something new, they keep it from
/// forgetting. A safetensors file: <c>features</c> (N, T, F) as integers q of -128 to 127, that stand for low + step * (q + 128), and <c>labels</c> (N).
/// </summary>
internal sealed class ReplaySet
{
    private const string BundledFile = "wake-words.replay.safetensors";
    private const string FeaturesName = "features";
    private const string LabelsName = "labels";
    private const string LowKey = "replay.low";
    private const string StepKey = "replay.step";
    private const int Levels = 256;

    private readonly sbyte[] _values;
    private readonly int[] _labels;
    private readonly float _low;
    private readonly float _step;

    private ReplaySet(IReadOnlyList<string> keywords, FeatureSettings features, sbyte[] values, int[] labels, float low, float step)
    {
        Keywords = keywords;
        Features = features;
        _values = values;
        _labels = labels;
        _low = low;
        _step = step;
    }

    public IReadOnlyList<string> Keywords { get; }

    public FeatureSettings Features { get; }

    public int Count => _labels.Length;

    /// <summary>Steps of each example.</summary>
    public int Steps => _values.Length / _labels.Length / Features.FeatureCount;

    /// <summary>Bytes that it takes in memory.</summary>
    public long Bytes => _values.Length + ((long)_labels.Length * sizeof(int));

    /// <summary>Rounds examples to 8 bits; the lowest and the highest of all values have a place.</summary>
    /// <param name="keywords">What labels 1, 2, ... stand for.</param>
    /// <param name="features">How the features were computed.</param>
    /// <param name="examples">All of the same length.</param>
    public static ReplaySet Create(IReadOnlyList<string> keywords, FeatureSettings features, IReadOnlyList<Example> examples)
    {
        float low = examples.Min(example => example.Features.Min());
        float step = Math.Max((examples.Max(example => example.Features.Max()) - low) / (Levels - 1), float.Epsilon);
        int size = examples[0].Features.Length;
        var values = new sbyte[examples.Count * size];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (sbyte)Math.Clamp(MathF.Round((examples[i / size].Features[i % size] - low) / step) + sbyte.MinValue, sbyte.MinValue, sbyte.MaxValue);
        }

        return new ReplaySet(keywords, features, values, [.. examples.Select(example => example.Label)], low, step);
    }

    /// <summary>
    /// The file that goes with a model: NAME.replay.safetensors beside NAME.safetensors, or beside the program the bundled one, if that has all keywords of the model;
    /// null where there is neither.
    /// </summary>
    /// <param name="model">The weight file, or null for the bundled model.</param>
    /// <param name="keywords">What it knows.</param>
    /// <exception cref="WeightFileException">The bundled file is damaged.</exception>
    public static string? FindFile(string? model, IReadOnlyList<string> keywords)
    {
        string beside = Path.ChangeExtension(model, ".replay" + Path.GetExtension(model)) ?? "";
        if (File.Exists(beside))
        {
            return beside;
        }

        string bundled = Path.Combine(AppContext.BaseDirectory, BundledFile);
        return File.Exists(bundled) && !keywords.Except(Load(bundled).Keywords).Any() ? bundled : null;
    }

    /// <summary>Whether there is an example of a keyword.</summary>
    public bool Covers(string keyword) => Array.Exists(_labels, label => label > 0 && Keywords[label - 1] == keyword);

    /// <summary>The label of an example: 0 for none of the keywords.</summary>
    public int GetLabel(int example) => _labels[example];

    /// <summary>Writes the features (T, F) of an example. Allocates nothing.</summary>
    public void CopyTo(int example, Span<float> features)
    {
        int size = _values.Length / _labels.Length;
        ReadOnlySpan<sbyte> values = _values.AsSpan(example * size, size);
        for (int i = 0; i < values.Length; i++)
        {
            features[i] = _low + (_step * (values[i] - sbyte.MinValue));
        }
    }

    /// <summary>Writes a file, atomically.</summary>
    /// <param name="path">The file.</param>
    /// <param name="notes">Further texts for its metadata.</param>
    public void Save(string path, IReadOnlyDictionary<string, string> notes)
    {
        Dictionary<string, string> metadata = new(notes)
        {
            [SpotterModel.LabelsKey] = SpotterModel.FormatLabels([SpotterModel.BackgroundLabel, .. Keywords]),
            [LowKey] = _low.ToString("R", CultureInfo.InvariantCulture),
            [StepKey] = _step.ToString("R", CultureInfo.InvariantCulture),
        };
        foreach ((string key, string value) in Features.ToMetadata())
        {
            metadata[key] = value;
        }

        SafeTensorsWriter.Write(
            path,
            [
                SafeTensor.Create(FeaturesName, [Count, Steps, Features.FeatureCount], _values),
                SafeTensor.Create(LabelsName, [Count], Array.ConvertAll(_labels, label => (float)label)),
            ],
            metadata);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InputException">The file is missing or holds no replay set.</exception>
    /// <exception cref="WeightFileException">The file is damaged.</exception>
    public static ReplaySet Load(string path)
    {
        SafeTensorsFile file = File.Exists(path) ? SafeTensorsFile.Read(path) : throw new InputException($"{path}: no such file of examples to replay");
        string[] labels = SpotterModel.ParseLabels(file, path);
        FeatureSettings features = SpotterModel.ParseFeatures(file, path);
        if (!file.TryGetTensor(FeaturesName, out SafeTensor? values) || values.Type != SafeTensorType.I8
            || !file.TryGetTensor(LabelsName, out SafeTensor? outputs) || outputs.Type != SafeTensorType.F32
            || values.Shape is not [> 0 and { } count, > 0, { } width] || outputs.Shape is not [{ } labelled] || labelled != count || width != features.FeatureCount
            || !TryRead(file, LowKey, out float low) || !TryRead(file, StepKey, out float step) || !(step > 0)
            || !Array.TrueForAll(outputs.ToArray(), label => label >= 0 && label < labels.Length && label == MathF.Floor(label)))
        {
            throw new InputException($"{path}: holds no examples to replay; allowed: a file of kws replay");
        }

        return new ReplaySet(
            labels[1..], features, [.. MemoryMarshal.Cast<byte, sbyte>(values.Data.Span)],
            Array.ConvertAll(outputs.ToArray(), label => (int)label), low, step);
    }

    private static bool TryRead(SafeTensorsFile file, string key, out float value) =>
        float.TryParse(file.Metadata.GetValueOrDefault(key), NumberStyles.Float, CultureInfo.InvariantCulture, out value) && float.IsFinite(value);
}
