using System.Globalization;
using Seq.Embedded.Decoding;

namespace KeywordSpotter.Spotting;

/// <summary>How posteriors become detections. Stored in the metadata of a model, so that it is used as it was trained.</summary>
internal sealed record DetectorSettings
{
    public const string SmoothingKey = "detector.smoothing_steps";
    public const string WarmUpKey = "detector.warm_up_steps";
    public const string RefractoryKey = "detector.refractory_seconds";
    public const string ThresholdKey = "detector.threshold";
    public const string NearMissKey = "detector.near_miss";

    /// <summary>The most steps that may be averaged.</summary>
    public const int MostSmoothingSteps = 1000;

    /// <summary>Posteriors averaged, in steps of the model (6 steps of 20 ms): one number for all keywords, or one for each.</summary>
    public IReadOnlyList<int> SmoothingSteps { get; init; } = [6];

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

    /// <summary>The same settings with as many keywords more, whose threshold is the highest and whose smoothing the longest of those that there are.</summary>
    public DetectorSettings WithAdded(int keywords)
    {
        int[] added = new int[SmoothingSteps.Count == 1 ? 0 : keywords];
        Array.Fill(added, SmoothingSteps.Max());
        return this with
        {
            Thresholds = [.. Thresholds, .. Same(Thresholds.Max(), keywords)],
            SmoothingSteps = [.. SmoothingSteps, .. added],
            NearMiss = NearMiss is null ? null : [.. NearMiss, .. Same(NearMiss.Max(), keywords)],
        };
    }

    /// <summary>Steps that are averaged of a keyword.</summary>
    public int SmoothingOf(int keyword) => SmoothingSteps[SmoothingSteps.Count == 1 ? 0 : keyword];

    /// <summary>Averages the posteriors of a model with these settings: output 0 is background, which nothing is decided by, keyword k output k + 1.</summary>
    public PosteriorSmoother CreateSmoother()
    {
        int[] steps = new int[Thresholds.Count + 1];
        for (int output = 0; output < steps.Length; output++)
        {
            steps[output] = SmoothingOf(Math.Max(0, output - 1));
        }

        return new PosteriorSmoother(steps);
    }

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
            [SmoothingKey] = string.Join(',', Array.ConvertAll([.. SmoothingSteps], value => value.ToString(CultureInfo.InvariantCulture))),
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

    /// <summary>Reads what <see cref="ToMetadata"/> stores; one stored threshold or smoothing serves all keywords.</summary>
    /// <exception cref="InputException">A key is missing or its value is out of range.</exception>
    public static DetectorSettings FromMetadata(IReadOnlyDictionary<string, string> metadata, int keywords, string file)
    {
        return new DetectorSettings
        {
            SmoothingSteps = Array.ConvertAll(Numbers(metadata, SmoothingKey, 1, MostSmoothingSteps, keywords, file), value => (int)value),
            WarmUpSteps = (int)Number(Text(metadata, WarmUpKey, file), WarmUpKey, 0, 1000, file),
            RefractorySeconds = Number(Text(metadata, RefractoryKey, file), RefractoryKey, 0, 60, file),
            Thresholds = Scores(ThresholdKey),
            NearMiss = metadata.ContainsKey(NearMissKey) ? Scores(NearMissKey) : null,
        };

        float[] Scores(string key)
        {
            float[] scores = Array.ConvertAll(Numbers(metadata, key, 0, 1, keywords, file), value => (float)value);
            return scores.Length == 1 ? Same(scores[0], keywords) : scores;
        }
    }

    /// <summary>One value, or one for each keyword.</summary>
    private static double[] Numbers(IReadOnlyDictionary<string, string> metadata, string key, double minimum, double maximum, int keywords, string file)
    {
        double[] values = Array.ConvertAll(Text(metadata, key, file).Split(','), part => Number(part, key, minimum, maximum, file));
        return values.Length == 1 || values.Length == keywords
            ? values
            : throw new InputException($"{file}: '{key}' has {values.Length} values; allowed: 1 or {keywords}, one per keyword");
    }

    private static string Text(IReadOnlyDictionary<string, string> metadata, string key, string file) =>
        metadata.TryGetValue(key, out string? text) ? text : throw new InputException($"{file}: its metadata lack '{key}'");

    private static double Number(string text, string key, double minimum, double maximum, string file) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= minimum && value <= maximum
            ? value
            : throw new InputException(string.Create(
                CultureInfo.InvariantCulture, $"{file}: '{key}' is '{text}'; allowed: {minimum} to {maximum}"));
}
