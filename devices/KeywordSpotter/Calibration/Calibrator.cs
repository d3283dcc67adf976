using KeywordSpotter.Evaluation;
using KeywordSpotter.Spotting;

namespace KeywordSpotter.Calibration;

/// <summary>
/// Chooses threshold and smoothing of each keyword. The rate of false accepts that is aimed at is that of all keywords together, as the tails of their scores
/// let it be expected (<see cref="ScoreTail"/>); it is divided among them so that the product of the parts found, over keywords, is largest: no keyword is given up for another.
/// A keyword without clips gets an equal part of the rate, and keeps its smoothing.
/// </summary>
/// <remarks>
/// Misses are counted softly: a clip whose highest score has the odds o, at a threshold of the odds t, as 1 / (1 + o / t). So a clip just found is worth
/// less than one found with ease, and few clips say something, too. The division is that of a Lagrange multiplier: each keyword has the settings with
/// the smallest sum of -ln(part found) and of the multiplier times its rate.
/// </remarks>
internal sealed class Calibrator
{
    /// <summary>No threshold is lower or higher.</summary>
    public const float LowestThreshold = 0.1f;
    public const float HighestThreshold = 0.9999f;

    /// <summary>Part of the clips by which another smoothing than the model's must be better.</summary>
    private const double LeastGain = 0.01;

    private const double Spacing = 0.1; // of the thresholds that are tried, in log-odds
    private const int Halvings = 60;
    private const double LeastFound = 1e-6; // of which a logarithm is taken
    private const double LargestMultiplier = 1e6; // hours that a false accept less is worth

    private static readonly int[] s_smoothings = [3, 4, 6, 8, 10, 12, 16];

    private readonly SpotterModel _model;
    private readonly int[] _smoothings;
    private readonly ScoreTail[][] _tails; // [smoothing][keyword]
    private readonly Choice[][] _choices; // [keyword], empty without clips

    /// <summary>Looks at all scores with each smoothing.</summary>
    /// <param name="model">The model.</param>
    /// <param name="items">What was replayed to it: background, which is the room, and clips of keywords. Other words do not count.</param>
    /// <param name="threads">Streams that are looked at at once.</param>
    /// <param name="stop">Ends the work.</param>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled.</exception>
    public Calibrator(SpotterModel model, ReplayedItem[] items, int threads, CancellationToken stop)
    {
        _model = model;
        ReplayedItem[] room = Array.FindAll(items, item => item.IsBackground), clips = Array.FindAll(items, item => item.Keyword >= 0);
        double hours = ReplayedItem.Hours(items, item => item.IsBackground);
        int[] keywords = [.. Enumerable.Range(0, model.Keywords.Count)];
        _smoothings = [.. model.Detector.SmoothingSteps.Union(clips.Length > 0 ? s_smoothings : []).Order()];
        _tails = new ScoreTail[_smoothings.Length][];
        var choices = Array.ConvertAll(keywords, _ => new List<Choice>());
        for (int i = 0; i < _smoothings.Length; i++)
        {
            DetectorSettings settings = model.Detector with { SmoothingSteps = [_smoothings[i]] };
            float[][][] peaks = Parallelism.Map(room, threads, stop, item => Peaks(item.Track, settings, keywords));
            float[] highest = Parallelism.Map(clips, threads, stop, item =>
                ScorePeaks.Highest(item.Track.Smooth(settings), item.Track.Outputs, item.Keyword, item.Track.FirstStep));
            _tails[i] = Array.ConvertAll(keywords, keyword => new ScoreTail(peaks.SelectMany(found => found[keyword]), hours));
            foreach (int keyword in keywords)
            {
                AddChoices(choices[keyword], i, keyword, [.. highest.Where((_, clip) => clips[clip].Keyword == keyword)]);
            }
        }

        _choices = Array.ConvertAll(choices, list => list.ToArray());
    }

    /// <summary>Threshold and smoothing of each keyword.</summary>
    /// <param name="rate">False accepts per hour of all keywords together that are to be expected; above 0.</param>
    public DetectorSettings Choose(double rate) => ToSettings(Divide(rate, (_, _) => true));

    /// <summary>The same with smoothings that are given.</summary>
    public DetectorSettings Choose(double rate, DetectorSettings smoothings) =>
        ToSettings(Divide(rate, (keyword, choice) => _smoothings[choice.Smoothing] == smoothings.SmoothingOf(keyword)));

    /// <summary>False accepts per hour that are to be expected of one keyword.</summary>
    public double RateOf(int keyword, DetectorSettings settings) =>
        _tails[Array.IndexOf(_smoothings, settings.SmoothingOf(keyword))][keyword].RateAt(settings.Thresholds[keyword]);

    private Choice[] Divide(double rate, Func<int, Choice, bool> isAllowed)
    {
        Choice[][] allowed = new Choice[_choices.Length][];
        for (int keyword = 0; keyword < allowed.Length; keyword++)
        {
            allowed[keyword] = _choices[keyword].Length > 0
                ? Array.FindAll(_choices[keyword], choice => isAllowed(keyword, choice))
                : [EqualPart(keyword, rate / allowed.Length)];
        }

        // The rate falls as the multiplier grows: halve (in logarithms) down to the smallest that keeps to the rate.
        (double low, double high) = (1 / LargestMultiplier, LargestMultiplier);
        for (int i = 0; i < Halvings; i++)
        {
            double middle = Math.Sqrt(low * high);
            (low, high) = Best(allowed, middle).Sum(choice => choice.Rate) > rate ? (middle, high) : (low, middle);
        }

        return Best(allowed, high);
    }

    private static Choice[] Best(Choice[][] allowed, double multiplier) =>
        Array.ConvertAll(allowed, choices => choices.MinBy(choice => choice.Cost + (multiplier * choice.Rate)));

    private Choice EqualPart(int keyword, double rate)
    {
        int own = Array.IndexOf(_smoothings, _model.Detector.SmoothingOf(keyword));
        float threshold = Round(_tails[own][keyword].ThresholdFor(rate));
        return new Choice(own, threshold, 0, _tails[own][keyword].RateAt(threshold));
    }

    private void AddChoices(List<Choice> choices, int smoothing, int keyword, float[] clips)
    {
        double[] places = Array.ConvertAll(clips, score => ScorePeaks.LogOdds(score));
        double handicap = _smoothings[smoothing] == _model.Detector.SmoothingOf(keyword) ? 0 : LeastGain;
        double last = ScorePeaks.LogOdds(HighestThreshold) + Spacing;
        for (double place = ScorePeaks.LogOdds(LowestThreshold); place < last && clips.Length > 0; place += Spacing)
        {
            float threshold = Round(ScorePeaks.FromLogOdds(place));
            double misses = places.Sum(clip => ScorePeaks.FromLogOdds(ScorePeaks.LogOdds(threshold) - clip)) / clips.Length;
            choices.Add(new Choice(smoothing, threshold, handicap - Math.Log(Math.Max(1 - misses, LeastFound)), _tails[smoothing][keyword].RateAt(threshold)));
        }
    }

    private DetectorSettings ToSettings(Choice[] choices)
    {
        int[] steps = Array.ConvertAll(choices, choice => _smoothings[choice.Smoothing]);
        return _model.Detector with
        {
            Thresholds = Array.ConvertAll(choices, choice => choice.Threshold),
            SmoothingSteps = Array.TrueForAll(steps, step => step == steps[0]) ? [steps[0]] : steps,
            NearMiss = null, // half of the new thresholds
        };
    }

    /// <summary>Up to three digits, near 1 to five, within the range that is allowed: above the peak that it may lie on.</summary>
    private static float Round(double threshold)
    {
        double digits = threshold < 0.99 ? 1e3 : 1e5;
        return Math.Clamp((float)((Math.Floor(threshold * digits) + 1) / digits), LowestThreshold, HighestThreshold);
    }

    private float[][] Peaks(ScoreTrack track, DetectorSettings settings, int[] keywords)
    {
        float[] scores = track.Smooth(settings);
        int gap = Math.Max(1, (int)Math.Round(settings.RefractorySeconds / _model.Features.SecondsPerVector));
        int first = Math.Max(track.FirstStep, settings.WarmUpSteps);
        return Array.ConvertAll(keywords, keyword =>
            ScorePeaks.Find(scores, track.Outputs, keyword, first, gap, ScoreTail.LeastScore).ConvertAll(peak => peak.Score).ToArray());
    }

    /// <param name="Smoothing">Index of the smoothing.</param>
    /// <param name="Threshold">The threshold.</param>
    /// <param name="Cost">-ln of the part of the clips that is found, softly; 0 without clips.</param>
    /// <param name="Rate">False accepts per hour that are to be expected.</param>
    private readonly record struct Choice(int Smoothing, float Threshold, double Cost, double Rate);
}
