using KeywordSpotter.Data;
using KeywordSpotter.Evaluation;
using KeywordSpotter.Spotting;

namespace KeywordSpotter.Training;

/// <summary>
/// Replays what was held back as streams and finds the best threshold. Epochs are compared by their cost there:
/// miss rate + part of the keyword clips in which another keyword is reported + 0.02 x false accepts per hour of background
/// + 0.1 x part of the other words that are taken for a keyword, averaged with the neighbouring thresholds so that a lucky single threshold does not win.
/// </summary>
internal sealed class Validator
{
    /// <summary>The most clips of other words, and the most seconds of running background, that are listened to.</summary>
    public const int MostWords = 240;
    public const int MostSpeechSeconds = 600;

    private const double FalseAcceptCost = 0.02;
    private const double OtherWordCost = 0.1;
    private const double ThresholdMargin = 0.01; // cost given up for a higher threshold: the world has more to confuse than what was held back
    private const double LeastHours = 0.5; // one false accept in a minute of background is no proof of sixty an hour
    private const int ClipsPerStream = 8;

    /// <summary>The thresholds that are tried.</summary>
    public static float[] Thresholds { get; } =
    [
        0.10f, 0.15f, 0.20f, 0.25f, 0.30f, 0.35f, 0.40f, 0.45f, 0.50f, 0.55f, 0.60f,
        0.65f, 0.70f, 0.75f, 0.80f, 0.85f, 0.90f, 0.95f, 0.96f, 0.97f, 0.98f, 0.99f,
    ];

    private readonly List<Item> _items = [];
    private readonly int _threads;

    /// <param name="data">What was held back.</param>
    /// <param name="sampleRate">Of the audio, in Hz.</param>
    /// <param name="threads">Streams that run at once.</param>
    /// <param name="numbers">The model's number of each keyword of the data; null where they are the same.</param>
    public Validator(TrainingData data, int sampleRate, int threads, int[]? numbers = null)
    {
        _threads = threads;
        Background background = data.ValidationBackground;
        LeadIns leadIns = background.Speech.Length > 0 ? LeadIns.From(background.Speech, sampleRate) : LeadIns.Quiet(sampleRate);
        for (int keyword = 0; keyword < data.Validation.Length; keyword++)
        {
            foreach (Clip clip in data.Validation[keyword])
            {
                _items.Add(new Item([clip], numbers is null ? keyword : numbers[keyword], -1, leadIns));
            }
        }

        for (int i = 0; i < background.Words.Length && i < MostWords; i++)
        {
            _items.Add(new Item([background.Words[i]], -1, 0, leadIns));
        }

        double seconds = 0;
        int speech = Array.FindIndex(background.Speech, clip => (seconds += clip.Samples.Length / (double)sampleRate) >= MostSpeechSeconds);
        foreach (Clip[] clips in (speech < 0 ? background.Speech : background.Speech[..speech]).Chunk(ClipsPerStream))
        {
            _items.Add(new Item(clips, -1, -1, LeadIns.Quiet(sampleRate)));
        }
    }

    /// <summary>False when nothing was held back.</summary>
    public bool CanMeasure => _items.Exists(item => item.Keyword >= 0);

    /// <summary>Listens to everything.</summary>
    public ReplayedItem[] Replay(SpotterModel model, CancellationToken stop) => Parallelism.Map(_items, _threads, stop, () => new Replayer(model), Replay);

    public ValidationResult Measure(SpotterModel model, CancellationToken stop)
    {
        ReplayedItem[] replayed = Replay(model, stop);
        double step = model.Features.SecondsPerVector;
        double hours = ReplayedItem.Hours(replayed, item => item.IsBackground);
        Tally[] tallies = Parallelism.Map(Thresholds, _threads, stop, threshold =>
            Tally.Count(replayed, model.Detector.WithThreshold(threshold), step, folders: 1));
        (int best, double bestCost) = Choose(Array.ConvertAll(tallies, tally => Cost(tally, hours)));
        Tally chosen = tallies[best];
        int clips = chosen.Clips.Sum() + chosen.FolderClips[0];
        int right = chosen.Detected.Sum() + chosen.FolderClips[0] - chosen.Taken[0];
        var curve = new CurvePoint[tallies.Length];
        for (int i = 0; i < curve.Length; i++)
        {
            curve[i] = new CurvePoint(Thresholds[i], tallies[i].MissRate, tallies[i].BackgroundFalseAccepts / hours);
        }

        return new ValidationResult(
            Thresholds[best], bestCost, chosen.MissRate, chosen.BackgroundFalseAccepts, hours, right / (double)clips,
            new ValidationDetail(ConfusionMatrix.Count(replayed, model.Detector.WithThreshold(Thresholds[best]), step), curve));
    }

    /// <summary>Which of <see cref="Thresholds"/> does best, and the cost of the best: the highest of those that are nearly as good.</summary>
    /// <param name="costs">One for each.</param>
    public static (int Best, double Cost) Choose(double[] costs)
    {
        double[] smooth = new double[costs.Length];
        for (int i = 0; i < costs.Length; i++)
        {
            smooth[i] = (costs[Math.Max(0, i - 1)] + costs[i] + costs[Math.Min(costs.Length - 1, i + 1)]) / 3;
        }

        double best = smooth.Min();
        return (Array.FindLastIndex(smooth, cost => cost <= best + ThresholdMargin), best);
    }

    /// <summary>See the class.</summary>
    public static double Cost(Tally tally, double hours) =>
        (tally.Clips.Sum() > 0 ? tally.MissRate + tally.ConfusionRate : 0)
        + (FalseAcceptCost * tally.BackgroundFalseAccepts / Math.Max(hours, LeastHours))
        + (tally.FolderClips[0] > 0 ? OtherWordCost * tally.TakenRate : 0);

    private static ReplayedItem Replay(Item item, Replayer replayer)
    {
        ScoreTrack track = replayer.Replay(item.Clips[0].Name, item.LeadIns, () =>
        {
            foreach (Clip clip in item.Clips)
            {
                replayer.Feed(clip.ToFloats());
            }
        });
        return new ReplayedItem(track, item.Keyword, item.Folder);
    }

    private sealed record Item(Clip[] Clips, int Keyword, int Folder, LeadIns LeadIns);
}
