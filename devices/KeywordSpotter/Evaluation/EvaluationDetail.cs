using KeywordSpotter.Spotting;

namespace KeywordSpotter.Evaluation;

/// <summary>What an evaluation knows beyond its counts: every clip's score, every false accept, and the counts at many thresholds.</summary>
internal sealed class EvaluationDetail
{
    private const double Spacing = 0.25; // of the thresholds of the curve, in log-odds
    private const double LowestPlace = -3;
    private const double HighestPlace = 9.25; // 0.9999
    private const float LeastPeak = 0.0025f;

    private EvaluationDetail(Tally tally, IReadOnlyList<float> thresholds, Tally[] curve, Found[] found)
    {
        Tally = tally;
        Thresholds = thresholds;
        Curve = curve;
        Clips = [.. found.SelectMany(item => item.Clips)];
        FalseAccepts = [.. found.SelectMany(item => item.FalseAccepts)];
        Peaks = Array.ConvertAll([.. Enumerable.Range(0, tally.Clips.Length)], keyword => found.SelectMany(item => item.Peaks.Length > 0 ? item.Peaks[keyword] : []).ToArray());
    }

    /// <summary>With the settings of the evaluation.</summary>
    public Tally Tally { get; }

    /// <summary>Of the curve, rising; each is that of all keywords.</summary>
    public IReadOnlyList<float> Thresholds { get; }

    /// <summary>What is found at each of the thresholds.</summary>
    public IReadOnlyList<Tally> Curve { get; }

    /// <summary>Each clip of a keyword: the highest score that its keyword has in it, and whether it was found.</summary>
    public IReadOnlyList<(Moment Highest, bool IsFound)> Clips { get; }

    /// <summary>Detections in audio without keywords, in the order in which it was replayed.</summary>
    public IReadOnlyList<Moment> FalseAccepts { get; }

    /// <summary>Scores of the peaks of each keyword in audio without keywords.</summary>
    public float[][] Peaks { get; }

    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled.</exception>
    public static EvaluationDetail Create(SpotterModel model, DetectorSettings settings, ReplayedItem[] items, int folders, int threads, CancellationToken stop)
    {
        double step = model.Features.SecondsPerVector;
        var thresholds = new List<float>();
        for (double place = LowestPlace; place <= HighestPlace; place += Spacing)
        {
            thresholds.Add((float)ScorePeaks.FromLogOdds(place));
        }

        Tally[] curve = Parallelism.Map(thresholds, threads, stop, threshold => Tally.Count(items, settings.WithThreshold(threshold), step, folders));
        Found[] found = Parallelism.Map(items, threads, stop, item => Look(item, settings, model));
        return new EvaluationDetail(Tally.Count(items, settings, step, folders), thresholds, curve, found);
    }

    private static Found Look(ReplayedItem item, DetectorSettings settings, SpotterModel model)
    {
        float[] scores = item.Track.Smooth(settings);
        Detection[] detections = [.. item.Track.Detect(settings, model.Features.SecondsPerVector)];
        int gap = Math.Max(1, (int)Math.Round(settings.RefractorySeconds / model.Features.SecondsPerVector));
        if (item.Keyword < 0)
        {
            return new Found(
                [],
                Array.ConvertAll(detections, detection => Moment.Of(item, detection, settings, model)),
                Array.ConvertAll([.. Enumerable.Range(0, model.Keywords.Count)], keyword =>
                    ScorePeaks.Find(scores, item.Track.Outputs, keyword, item.Track.FirstStep, gap, LeastPeak).ConvertAll(peak => peak.Score).ToArray()));
        }

        int highest = item.Track.FirstStep;
        for (int step = highest; step < item.Track.Steps; step++)
        {
            highest = Score(step) > Score(highest) ? step : highest;
        }

        float score = item.Track.Steps > highest ? Score(highest) : 0;
        Moment moment = Moment.Of(item, new Detection(highest, item.Keyword, score), settings, model);
        return new Found([(moment, Array.Exists(detections, detection => detection.Keyword == item.Keyword))], [], []);

        float Score(int step) => scores[(step * item.Track.Outputs) + 1 + item.Keyword];
    }

    private sealed record Found((Moment Highest, bool IsFound)[] Clips, Moment[] FalseAccepts, float[][] Peaks);
}
