using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;
using KeywordSpotter.Spotting;
using Seq.Embedded.Audio;
using Seq.Embedded.Weights;

namespace KeywordSpotter.Tuning;

/// <summary>
/// Examples that a model was able to tell apart, as features of 4 bits: heard again while it learns something new, they keep it from forgetting.
/// A safetensors file: <c>features</c> (N, T, F / 2), two values q of 0 to 15 a byte, the first in the lower half; <c>tops</c> (N, bands), one byte p for each band
/// of an example; <c>labels</c> (N). A value is low + top (q / 15)^2 with top = range (p / 255)^2: most features are small, and squares keep small ones finer.
/// </summary>
/// <remarks>On features of speech the rounding is 24 dB below their deviation; 8 bits without bands would be 39 dB below and twice as long.</remarks>
internal sealed class ReplaySet
{
    private const string BundledFile = "wake-words.replay.safetensors";
    private const string FeaturesName = "features";
    private const string TopsName = "tops";
    private const string LabelsName = "labels";
    private const string LowKey = "replay.low";
    private const string RangeKey = "replay.range";
    private const int MostLevel = 15;

    private readonly byte[] _values; // (N, T, F / 2)
    private readonly byte[] _tops; // (N, bands)
    private readonly int[] _labels;
    private readonly float _low;
    private readonly float _range;
    private (byte[] Values, byte[] Tops)? _packed; // of Round

    private ReplaySet(IReadOnlyList<string> keywords, FeatureSettings features, byte[] values, byte[] tops, int[] labels, float low, float range)
    {
        Keywords = keywords;
        Features = features;
        _values = values;
        _tops = tops;
        _labels = labels;
        _low = low;
        _range = range;
    }

    public IReadOnlyList<string> Keywords { get; }

    public FeatureSettings Features { get; }

    public int Count => _labels.Length;

    /// <summary>Steps of each example.</summary>
    public int Steps => 2 * _values.Length / _labels.Length / Features.FeatureCount;

    /// <summary>Bytes that it takes in memory.</summary>
    public long Bytes => _values.Length + _tops.Length + ((long)_labels.Length * sizeof(int));

    /// <summary>Rounds examples to 4 bits; the lowest and the highest of all values have a place.</summary>
    /// <param name="keywords">What labels 1, 2, ... stand for.</param>
    /// <param name="features">How the features were computed.</param>
    /// <param name="examples">All of the same length.</param>
    public static ReplaySet Create(IReadOnlyList<string> keywords, FeatureSettings features, IReadOnlyList<Example> examples)
    {
        float low = examples.Min(example => example.Features.Min());
        float range = Math.Max(examples.Max(example => example.Features.Max()) - low, float.Epsilon);
        return new ReplaySet(keywords, features, [], [], [], low, range).With(keywords, examples);
    }

    /// <summary>The same with further examples, and without those of keywords that are not among <paramref name="keywords"/>: of an enrolment that was given up.</summary>
    /// <param name="keywords">What labels of the result stand for: those of this set that stay, and new ones.</param>
    /// <param name="examples">As long as those that there are, with labels among these keywords. What lies outside the range of this set is cut to it.</param>
    public ReplaySet With(IReadOnlyList<string> keywords, IReadOnlyList<Example> examples)
    {
        string[] names = [.. keywords];
        int size = Count > 0 ? _values.Length / Count : examples[0].Features.Length / 2;
        var values = new List<byte>((Count + examples.Count) * size);
        var tops = new List<byte>((Count + examples.Count) * Features.Bands);
        var labels = new List<int>(Count + examples.Count);
        for (int i = 0; i < Count; i++)
        {
            int label = _labels[i] == 0 ? 0 : 1 + Array.IndexOf(names, Keywords[_labels[i] - 1]);
            if (label > 0 || _labels[i] == 0)
            {
                values.AddRange(_values.AsSpan(i * size, size));
                tops.AddRange(_tops.AsSpan(i * Features.Bands, Features.Bands));
                labels.Add(label);
            }
        }

        var packed = new byte[size];
        var top = new byte[Features.Bands];
        foreach (Example example in examples)
        {
            Pack(example.Features, packed, top);
            values.AddRange(packed);
            tops.AddRange(top);
            labels.Add(example.Label);
        }

        return new ReplaySet(names, Features, [.. values], [.. tops], [.. labels], _low, _range);
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
        int size = features.Length / 2;
        Unpack(_values.AsSpan(example * size, size), _tops.AsSpan(example * Features.Bands, Features.Bands), features);
    }

    /// <summary>
    /// Rounds features (T, F) as those of the set are: beside examples to replay, what is not rounded would be known by that alone.
    /// </summary>
    public void Round(Span<float> features)
    {
        _packed ??= (new byte[features.Length / 2], new byte[Features.Bands]);
        Pack(features, _packed.Value.Values, _packed.Value.Tops);
        Unpack(_packed.Value.Values, _packed.Value.Tops, features);
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
            [RangeKey] = _range.ToString("R", CultureInfo.InvariantCulture),
        };
        foreach ((string key, string value) in Features.ToMetadata())
        {
            metadata[key] = value;
        }

        SafeTensorsWriter.Write(
            path,
            [
                SafeTensor.Create(FeaturesName, [Count, Steps, Features.FeatureCount / 2], MemoryMarshal.Cast<byte, sbyte>(_values)),
                SafeTensor.Create(TopsName, [Count, Features.Bands], MemoryMarshal.Cast<byte, sbyte>(_tops)),
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
        if (!TryGet(file, FeaturesName, SafeTensorType.I8, out SafeTensor? values) || !TryGet(file, TopsName, SafeTensorType.I8, out SafeTensor? tops)
            || !TryGet(file, LabelsName, SafeTensorType.F32, out SafeTensor? outputs)
            || values.Shape is not [> 0 and { } count, > 0, { } half] || 2 * half != features.FeatureCount
            || tops.Shape is not [{ } topped, { } bands] || topped != count || bands != features.Bands || outputs.Shape is not [{ } labelled] || labelled != count
            || !TryRead(file, LowKey, out float low) || !TryRead(file, RangeKey, out float range) || !(range > 0)
            || !Array.TrueForAll(outputs.ToArray(), label => label >= 0 && label < labels.Length && label == MathF.Floor(label)))
        {
            throw new InputException($"{path}: holds no examples to replay, or those of an earlier release; allowed: a file of kws replay");
        }

        return new ReplaySet(
            labels[1..], features, values.Data.ToArray(), tops.Data.ToArray(), Array.ConvertAll(outputs.ToArray(), label => (int)label), low, range);
    }

    /// <summary>Rounds features (T, F): for each band a top that no value is above, then each value as a part of it.</summary>
    private void Pack(ReadOnlySpan<float> features, Span<byte> values, Span<byte> tops)
    {
        values.Clear();
        for (int band = 0; band < tops.Length; band++)
        {
            float most = 0;
            for (int i = band; i < features.Length; i += tops.Length)
            {
                most = Math.Max(most, features[i] - _low);
            }

            tops[band] = (byte)Math.Clamp(MathF.Ceiling(byte.MaxValue * MathF.Sqrt(most / _range)), 0, byte.MaxValue);
            float top = Math.Max(Top(tops[band]), float.Epsilon);
            for (int i = band; i < features.Length; i += tops.Length)
            {
                float part = MathF.Sqrt(Math.Clamp((features[i] - _low) / top, 0, 1));
                values[i / 2] |= (byte)((int)MathF.Round(MostLevel * part) << (4 * (i & 1)));
            }
        }
    }

    private void Unpack(ReadOnlySpan<byte> values, ReadOnlySpan<byte> tops, Span<float> features)
    {
        for (int i = 0; i < features.Length; i++)
        {
            float part = (float)((values[i / 2] >> (4 * (i & 1))) & MostLevel) / MostLevel;
            features[i] = _low + (Top(tops[i % tops.Length]) * part * part);
        }
    }

    private float Top(byte top)
    {
        float part = (float)top / byte.MaxValue;
        return _range * part * part;
    }

    private static bool TryGet(SafeTensorsFile file, string name, SafeTensorType type, [NotNullWhen(true)] out SafeTensor? tensor) =>
        file.TryGetTensor(name, out tensor) && tensor.Type == type;

    private static bool TryRead(SafeTensorsFile file, string key, out float value) =>
        float.TryParse(file.Metadata.GetValueOrDefault(key), NumberStyles.Float, CultureInfo.InvariantCulture, out value) && float.IsFinite(value);
}
