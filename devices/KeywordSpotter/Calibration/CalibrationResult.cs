using System.Globalization;
using System.Text;
using KeywordSpotter.Evaluation;
using KeywordSpotter.Spotting;

namespace KeywordSpotter.Calibration;

/// <summary>What was chosen in a room, what it does there, and what that proves.</summary>
internal sealed class CalibrationResult
{
    private const double Tightening = 0.8;
    private const double Tightest = 1e-4; // part of the target that is aimed at
    private const double Tolerance = 1e-6; // of rates that are the same
    private const double LeastSeconds = 60;

    private static readonly double[] s_rates = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];

    private readonly SpotterModel _model;

    private CalibrationResult(SpotterModel model, OperatingPoint before, OperatingPoint after, OperatingPoint[] points, double target, double hours)
    {
        _model = model;
        Before = before;
        After = after;
        Points = points;
        Target = target;
        Hours = hours;
    }

    /// <summary>With the settings of the model; its rate is what is to be expected.</summary>
    public OperatingPoint Before { get; }

    /// <summary>With the settings that were chosen.</summary>
    public OperatingPoint After { get; }

    /// <summary>Misses against false accepts, rising in the rate, the chosen one among them; no two alike.</summary>
    public IReadOnlyList<OperatingPoint> Points { get; }

    /// <summary>False accepts per hour that were asked for, of all keywords together.</summary>
    public double Target { get; }

    /// <summary>Length of the room's audio.</summary>
    public double Hours { get; }

    /// <summary>Whether even the highest thresholds let more false accepts be expected than were asked for.</summary>
    public bool IsOutOfReach => After.Rate > Target * (1 + Tolerance);

    /// <summary>Whether the hours prove, with 95 % confidence, that there are no more false accepts than were asked for.</summary>
    public bool IsShown => ExactInterval.HighestRate(After.Tally.BackgroundFalseAccepts, Hours) <= Target;

    /// <summary>Whether there were clips of keywords.</summary>
    public bool HasClips => After.Tally.Clips.Sum() > 0;

    /// <summary>Whether one of <see cref="Points"/> is what was chosen.</summary>
    public bool IsChosen(OperatingPoint point) => ReferenceEquals(point.Tally, After.Tally);

    /// <summary>Chooses, and counts what that gives.</summary>
    /// <remarks>
    /// Where the hours are enough to prove the target with no false accept at all (3.0 / target), thresholds are raised until what is heard proves it. Where they are
    /// not, the thresholds are those at which the target is to be expected.
    /// </remarks>
    /// <param name="model">The model.</param>
    /// <param name="items">What was replayed to it; the room is what is background.</param>
    /// <param name="target">False accepts per hour of all keywords together; above 0.</param>
    /// <param name="folders">Folders of other words.</param>
    /// <param name="threads">Streams that are looked at at once.</param>
    /// <param name="stop">Ends the work.</param>
    /// <exception cref="InputException">The room is shorter than a minute.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled.</exception>
    public static CalibrationResult Create(SpotterModel model, ReplayedItem[] items, double target, int folders, int threads, CancellationToken stop)
    {
        double hours = ReplayedItem.Hours(items, item => item.IsBackground);
        if (hours * 3600 < LeastSeconds)
        {
            throw new InputException(Text($"{hours * 3600:0.0} seconds of room were heard, so nothing can be chosen; allowed: a minute or more, and hours to prove anything; nothing is written"));
        }

        var calibrator = new Calibrator(model, items, threads, stop);
        Tally Count(DetectorSettings settings) => Tally.Count(items, settings, model.Features.SecondsPerVector, folders);
        double Expected(DetectorSettings settings) => Enumerable.Range(0, model.Keywords.Count).Sum(keyword => calibrator.RateOf(keyword, settings));
        double rate = target;
        DetectorSettings chosen = calibrator.Choose(rate);
        Tally tally = Count(chosen);
        bool canShow = ExactInterval.HighestRate(0, hours) <= target;
        while (canShow && ExactInterval.HighestRate(tally.BackgroundFalseAccepts, hours) > target && rate > target * Tightest)
        {
            stop.ThrowIfCancellationRequested();
            rate *= Tightening;
            chosen = calibrator.Choose(rate);
            tally = Count(chosen);
        }

        var after = new OperatingPoint(Expected(chosen), chosen, tally);
        OperatingPoint[] others = Parallelism.Map(s_rates, threads, stop, other =>
        {
            DetectorSettings settings = calibrator.Choose(other, chosen);
            return new OperatingPoint(Expected(settings), settings, Count(settings));
        });

        // Several rates have the same thresholds where these are the lowest or the highest that there are.
        OperatingPoint[] points = [.. others.Prepend(after).DistinctBy(point => string.Join(' ', point.Settings.Thresholds)).OrderBy(point => point.Rate)];
        return new CalibrationResult(model, new OperatingPoint(Expected(model.Detector), model.Detector, Count(model.Detector)), after, points, target, hours);
    }

    /// <summary>What the target would take, and whether the hours are that many.</summary>
    public string Describe()
    {
        int heard = After.Tally.BackgroundFalseAccepts;
        string bound = Text($"{heard} false accept{(heard == 1 ? "" : "s")} in {Hours:0.00} hours: fewer than {ExactInterval.Short(ExactInterval.HighestRate(heard, Hours))} per hour with 95 % confidence");
        string why = IsOutOfReach ? Text($"Here {Target} per hour cannot be reached: even the highest thresholds let {ExactInterval.Short(After.Rate)} be expected")
            : ExactInterval.HighestRate(0, Hours) <= Target ? "These are as many, but the scores are too high: the highest moments below tell why"
            : Text($"The thresholds are where the tail of the scores lets {Target} per hour be expected; with more hours they may be lower");
        return IsShown
            ? Text($"{bound}; {Target} per hour is shown (for sounds like those that were heard; the thresholds were chosen on them, too)")
            : Text($"{bound}; {Target} per hour is not shown. That takes {ExactInterval.HoursToShow(0, Target):0.0} hours without any, or {ExactInterval.HoursToShow(1, Target):0.0} with one. {why}");
    }

    /// <summary>One line of what was measured, as it is stored with the model.</summary>
    public string ToNote()
    {
        Tally tally = After.Tally;
        int missed = tally.Clips.Sum() - tally.Detected.Sum();
        string clips = HasClips ? Text($"missed {missed} of {tally.Clips.Sum()} clips ({ExactInterval.Part(missed, tally.Clips.Sum()).ToPercentText()}), ") : "no clips of keywords, ";
        return clips + Text($"{tally.BackgroundFalseAccepts} false accepts in {Hours:0.00} hours of room ({ExactInterval.Rate(tally.BackgroundFalseAccepts, Hours).ToRateText()} per hour, 95 %), target {Target} per hour {(IsShown ? "shown" : "not shown")}; the settings were chosen on these");
    }

    public string ToTable()
    {
        var text = new StringBuilder();
        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture).TrimEnd()).Append('\n');
        Line($"{"",-20} {"threshold",19}   {"mean of steps",13}   {"missed before",-32} missed now");
        for (int i = 0; i < _model.Keywords.Count; i++)
        {
            Line($"{_model.Keywords[i],-20} {Change(Number(Before.Settings.Thresholds[i]), Number(After.Settings.Thresholds[i])),19}   {Change($"{Before.Settings.SmoothingOf(i)}", $"{After.Settings.SmoothingOf(i)}"),13}   {Missed(Before.Tally, i),-32} {Missed(After.Tally, i)}");
        }

        if (_model.Keywords.Count > 1 && HasClips)
        {
            Line($"{"all keywords",-20} {"",19}   {"",13}   {Missed(Before.Tally, -1),-32} {Missed(After.Tally, -1)}");
        }

        Line($"");
        Line($"false accepts in {Hours:0.00} hours of room   before: {Accepts(Before)}   now: {Accepts(After)}");
        if (After.Tally.FolderClips.Sum() is var words and > 0)
        {
            Line($"other words taken for a keyword   before: {Before.Tally.Taken.Sum()} of {words}   now: {After.Tally.Taken.Sum()} of {words}   {ExactInterval.Part(After.Tally.Taken.Sum(), words).ToPercentText()}");
        }

        Line($"");
        Line($"{Describe()}.");
        Line($"");
        Line($"per hour, expected   thresholds                     missed                             heard   per hour");
        foreach (OperatingPoint point in Points)
        {
            string thresholds = string.Join(' ', point.Settings.Thresholds.Select(Number));
            Line($"{(IsChosen(point) ? "*" : " ")} {ExactInterval.Short(point.Rate),16}   {thresholds,-30} {Missed(point.Tally, -1),-32} {point.Tally.BackgroundFalseAccepts,7}   {ExactInterval.Rate(point.Tally.BackgroundFalseAccepts, Hours).ToRateText()}");
        }

        Line($"");
        Line($"The rate is that of all keywords together, divided so that the fewest are missed (without clips: in equal parts). In brackets and last: {ExactInterval.Name}. {Caveat}");
        return text.ToString();
    }

    /// <summary>What the intervals do not tell.</summary>
    public static string Caveat => "Misses and false accepts are counted on the clips and hours on which the settings were chosen: others may show more of both (kws evaluate counts them).";

    /// <summary>How many clips of a keyword (-1: of all) are missed.</summary>
    public static string Missed(Tally tally, int keyword)
    {
        int clips = keyword < 0 ? tally.Clips.Sum() : tally.Clips[keyword];
        int missed = clips - (keyword < 0 ? tally.Detected.Sum() : tally.Detected[keyword]);
        return clips > 0 ? Text($"{missed} of {clips}, {100.0 * missed / clips:0.0} % ({ExactInterval.Part(missed, clips).ToPercentText()})") : "-";
    }

    /// <summary>A threshold with as many digits as it has.</summary>
    public static string Number(float threshold) => threshold.ToString("0.00###", CultureInfo.InvariantCulture);

    private static string Change(string before, string after) => before == after ? after : $"{before} -> {after}";

    private string Accepts(OperatingPoint point) =>
        Text($"{point.Tally.BackgroundFalseAccepts}, {ExactInterval.Rate(point.Tally.BackgroundFalseAccepts, Hours).ToRateText()} per hour (expected {ExactInterval.Short(point.Rate)})");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
