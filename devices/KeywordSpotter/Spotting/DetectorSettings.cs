using System.Globalization;

namespace KeywordSpotter.Spotting;

/// <summary>How posteriors become detections. Stored in the metadata of a model, so that it is used as it was trained.</summary>
internal sealed record DetectorSettings
{
    public const string SmoothingKey = "detector.smoothing_steps";
    public const string WarmUpKey = "detector.warm_up_steps";
    public const string RefractoryKey = "detector.refractory_seconds";
    public const string ThresholdKey = "detector.threshold";
    public const string NearMissKey = "detector.near_miss";

    /// <summary>Posteriors averaged, in steps of the model (6 steps of 20 ms).</summary>
    public int SmoothingSteps { get; init; } = 6;

    /// <summary>Steps after a start that cannot fire: the features and the state are still settling.</summary>
    public int WarmUpSteps { get; init; } = 17;

    /// <summary>Time after a detection in which the same keyword is not reported again, in seconds; other keywords wait 0.4 s of it.</summary>
    public double RefractorySeconds { get; init; } = 1.0;

    /// <summary>Smoothed posterior at which a keyword is reported, one value per keyword.</summary>
    public required IReadOnlyList<float> Thresholds { get; init; }

    /// <summary>Smoothed posterior from which on what is below the threshold is a near miss, one value per keyword; null for half of the thresholds.</summary>
    public IReadOnlyList<float>? NearMiss { get; init; }

    /// <summary>What <see cref="NearMiss"/> comes to, one value per keyword, never above its threshold.</summary>
    public float[] NearMissScores
    {
        get
        {
            float[] scores = [.. Thresholds];
            for (int i = 0; i < scores.Length; i++)
            {
                scores[i] = NearMiss is null ? scores[i] / 2 : Math.Min(scores[i], NearMiss[i]);
            }

            return scores;
        }
    }

    /// <summary>The same settings with one threshold for all keywords.</summary>
    public DetectorSettings WithThreshold(float threshold) =>
        this with { Thresholds = Same(threshold, Thresholds.Count) };

    /// <summary>One threshold for so many keywords.</summary>
    public static float[] Same(float threshold, int keywords)
    {
        var thresholds = new float[keywords];
        Array.Fill(thresholds, threshold);
        return thresholds;
    }

    /// <summary>The keys and values to be stored with a model.</summary>
    public Dictionary<string, string> ToMetadata()
    {
        var metadata = new Dictionary<string, string>
        {
            [SmoothingKey] = SmoothingSteps.ToString(CultureInfo.InvariantCulture),
            [WarmUpKey] = WarmUpSteps.ToString(CultureInfo.InvariantCulture),
            [RefractoryKey] = RefractorySeconds.ToString(CultureInfo.InvariantCulture),
            [ThresholdKey] = Join(Thresholds),
        };
        if (NearMiss is not null)
        {
            metadata[NearMissKey] = Join(NearMiss);
        }

        return metadata;

        static string Join(IReadOnlyList<float> values) =>
            string.Join(',', Array.ConvertAll([.. values], value => value.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>Reads what <see cref="ToMetadata"/> stores; one stored threshold serves all keywords.</summary>
    /// <exception cref="InputException">A key is missing or its value is out of range.</exception>
    public static DetectorSettings FromMetadata(IReadOnlyDictionary<string, string> metadata, int keywords, string file)
    {
        return new DetectorSettings
        {
            SmoothingSteps = (int)Number(Text(metadata, SmoothingKey, file), SmoothingKey, 1, 1000, file),
            WarmUpSteps = (int)Number(Text(metadata, WarmUpKey, file), WarmUpKey, 0, 1000, file),
            RefractorySeconds = Number(Text(metadata, RefractoryKey, file), RefractoryKey, 0, 60, file),
            Thresholds = Scores(metadata, ThresholdKey, keywords, file),
            NearMiss = metadata.ContainsKey(NearMissKey) ? Scores(metadata, NearMissKey, keywords, file) : null,
        };
    }

    /// <summary>One value from 0 to 1 per keyword; a single one serves all.</summary>
    private static float[] Scores(IReadOnlyDictionary<string, string> metadata, string key, int keywords, string file)
    {
        float[] scores = Array.ConvertAll(Text(metadata, key, file).Split(','), part => (float)Number(part, key, 0, 1, file));
        if (scores.Length == 1)
        {
            scores = Same(scores[0], keywords);
        }

        return scores.Length == keywords
            ? scores
            : throw new InputException($"{file}: '{key}' has {scores.Length} values; allowed: 1 or {keywords}, one per keyword");
    }

    private static string Text(IReadOnlyDictionary<string, string> metadata, string key, string file) =>
        metadata.TryGetValue(key, out string? text) ? text : throw new InputException($"{file}: its metadata lack '{key}'");

    private static double Number(string text, string key, double minimum, double maximum, string file) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= minimum && value <= maximum
            ? value
            : throw new InputException(string.Create(
                CultureInfo.InvariantCulture, $"{file}: '{key}' is '{text}'; allowed: {minimum} to {maximum}"));
}
