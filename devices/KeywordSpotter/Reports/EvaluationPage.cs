using System.Globalization;
using System.Text;
using KeywordSpotter.Calibration;
using KeywordSpotter.Evaluation;
using KeywordSpotter.Spotting;
using Seq.Embedded.Weights;

namespace KeywordSpotter.Reports;

/// <summary>An evaluation, or a calibration, as a page: misses against false accepts of each keyword, its scores, and every false accept and miss to listen to.</summary>
internal sealed class EvaluationPage
{
    private const int MostRows = 200;
    private const double SecondsOfClip = 3; // of a clip that is played

    private readonly SpotterModel _model;
    private readonly DetectorSettings _settings;
    private readonly ReplayedItem[] _items;
    private readonly IReadOnlyList<string> _folders;
    private readonly EvaluationDetail _detail;
    private readonly AudioCells _players;
    private readonly Tally _tally;
    private readonly double _hours; // without keywords
    private readonly double _backgroundHours;

    /// <param name="model">The model.</param>
    /// <param name="settings">With which it was used.</param>
    /// <param name="items">What was replayed to it.</param>
    /// <param name="folders">Names of the folders of other words.</param>
    /// <param name="detail">What was found.</param>
    public EvaluationPage(SpotterModel model, DetectorSettings settings, ReplayedItem[] items, IReadOnlyList<string> folders, EvaluationDetail detail)
    {
        _model = model;
        _settings = settings;
        _items = items;
        _folders = folders;
        _detail = detail;
        _tally = detail.Tally;
        _players = new AudioCells(model.Features.SampleRate);
        _hours = ReplayedItem.Hours(items, item => item.Keyword < 0);
        _backgroundHours = ReplayedItem.Hours(items, item => item.IsBackground);
    }

    /// <summary>Writes the page, atomically.</summary>
    /// <param name="path">The file.</param>
    /// <param name="calibration">What was chosen, and the moments of the room with the highest scores; null for an evaluation.</param>
    public void Save(string path, (CalibrationResult Result, IReadOnlyList<Moment> Highest)? calibration = null) =>
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(ToHtml(calibration))));

    private string ToHtml((CalibrationResult Result, IReadOnlyList<Moment> Highest)? calibration)
    {
        string keywords = string.Join(", ", _model.Keywords);
        var page = new HtmlPage($"{(calibration is null ? "Evaluation" : "Calibration")}: {keywords}");
        page.Paragraph(Text($"Model {_model.Name}; written {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC. Beside figures: {ExactInterval.Name}."));
        AddFacts(page);
        if (calibration is { } chosen)
        {
            CalibrationSection.Add(page, chosen.Result, _model);
        }

        page.Heading("Keyword by keyword");
        AddKeywords(page);
        AddTable(page);
        page.Heading("False accepts");
        AddFalseAccepts(page);
        page.Heading("Misses");
        AddMisses(page);
        if (calibration is { } room)
        {
            page.Heading("The highest scores in the room");
            page.Paragraph("If one of these was the keyword, take it out of the recordings and calibrate again.");
            page.Table(Moments("Highest scores first", room.Highest));
        }

        return page.ToString();
    }

    private void AddFacts(HtmlPage page)
    {
        int clips = _tally.Clips.Sum(), missed = clips - _tally.Detected.Sum(), words = _tally.FolderClips.Sum(), taken = _tally.Taken.Sum();
        page.Facts(
            ("Missed", clips > 0 ? Percent(missed, clips) : "not known", clips > 0 ? Text($"{missed} of {clips} clips; {ExactInterval.Part(missed, clips).ToPercentText()}") : "no clips of keywords were given"),
            ("False accepts", _backgroundHours > 0 ? Text($"{ExactInterval.Short(_tally.BackgroundFalseAccepts / _backgroundHours)} per hour") : "not known", Background()),
            ("Other words taken", words > 0 ? Percent(taken, words) : "not known", words > 0 ? Text($"{taken} of {words} clips; {ExactInterval.Part(taken, words).ToPercentText()}") : "no clips of other words were given"));
    }

    private string Background()
    {
        int accepts = _tally.BackgroundFalseAccepts;
        return _backgroundHours == 0
            ? "no audio without keywords was given"
            : Text($"{accepts} in {_backgroundHours:0.00} hours; {ExactInterval.Rate(accepts, _backgroundHours).ToRateText()} per hour");
    }

    private void AddKeywords(HtmlPage page)
    {
        for (int keyword = 0; keyword < _model.Keywords.Count; keyword++)
        {
            var scores = new ScoreHistogram
            {
                Id = Text($"scores{keyword}"),
                Title = $"{_model.Keywords[keyword]}: scores",
                Spoken = [.. _detail.Clips.Where(clip => clip.Highest.Keyword == keyword).Select(clip => clip.Highest.Score)],
                Other = _detail.Peaks[keyword],
                Threshold = _settings.Thresholds[keyword],
            };
            page.Plots(_tally.Clips[keyword] > 0 && _hours > 0 ? [TradeOff(keyword), scores] : [scores]);
        }

        page.Paragraph(_hours > 0 && _tally.Clips.Sum() > 0
            ? "Misses against false accepts (detection error trade-off): a point for each threshold; ring and cross are the threshold in use and its 95 % intervals. Scores are the highest in each clip of the keyword, and the peaks, a refractory time apart, where it is not spoken."
            : "Misses against false accepts need both clips of the keyword (--data) and audio without keywords.");
    }

    /// <summary>Misses against false accepts of one keyword.</summary>
    private LinePlot TradeOff(int keyword)
    {
        int clips = _tally.Clips[keyword], missed = clips - _tally.Detected[keyword], accepts = _tally.Accepts[keyword];
        double At(Tally tally) => 100.0 * (clips - tally.Detected[keyword]) / clips;
        var points = new List<PlotPoint>();
        for (int i = 0; i < _detail.Curve.Count; i++)
        {
            double rate = _detail.Curve[i].Accepts[keyword] / _hours;
            points.Add(new PlotPoint(rate, At(_detail.Curve[i]), Text($"threshold {_detail.Thresholds[i]:0.000#}: {At(_detail.Curve[i]):0.0} % missed, {ExactInterval.Short(rate)} per hour")));
        }

        ExactInterval part = ExactInterval.Part(missed, clips), perHour = ExactInterval.Rate(accepts, _hours);
        var mark = new PlotPoint(accepts / _hours, 100.0 * missed / clips, Text($"{_settings.Thresholds[keyword]:0.00###}"));
        return new LinePlot
        {
            Id = Text($"tradeoff{keyword}"),
            Title = $"{_model.Keywords[keyword]}: % missed against false accepts per hour",
            Description = Text($"At the threshold {_settings.Thresholds[keyword]:0.00###} {missed} of {clips} clips are missed, with {accepts} false accepts in {_hours:0.00} hours."),
            XTitle = "false accepts per hour (logarithmic, as are misses)",
            XScale = PlotScale.Logarithmic,
            YScale = PlotScale.Logarithmic,
            Series =
            [
                new PlotSeries("thresholds", points),
                new PlotSeries("95 % at the one in use", [new(perHour.Low, mark.Y, ""), new(perHour.High, mark.Y, ""), new(double.NaN, 0), new(mark.X, 100 * part.Low, ""), new(mark.X, 100 * part.High, "")]),
            ],
            Mark = mark,
        };
    }

    private void AddTable(HtmlPage page)
    {
        var table = new HtmlTable("Keywords", "Keyword", "Threshold", "Mean of steps", "Missed", "95 %", "Taken for another", "Repeated", "False accepts", "Per hour, 95 %");
        for (int i = 0; i < _model.Keywords.Count; i++)
        {
            int clips = _tally.Clips[i], missed = clips - _tally.Detected[i];
            table.Add(
                _model.Keywords[i], CalibrationResult.Number(_settings.Thresholds[i]), Text($"{_settings.SmoothingOf(i)}"), clips > 0 ? Text($"{missed} of {clips}") : "-",
                clips > 0 ? ExactInterval.Part(missed, clips).ToPercentText() : "-", Text($"{_tally.Confused[i]}"), Text($"{_tally.Repeated[i]}"),
                _hours > 0 ? Text($"{_tally.Accepts[i]}") : "-", ExactInterval.Rate(_tally.Accepts[i], _hours).ToRateText());
        }

        page.Table(table);
        if (_folders.Count > 0)
        {
            var words = new HtmlTable("Other words taken for a keyword", "Folder", "Taken", "Part", "95 %");
            for (int i = 0; i < _folders.Count; i++)
            {
                int clips = _tally.FolderClips[i], taken = _tally.Taken[i];
                words.Add(_folders[i], Text($"{taken} of {clips}"), clips > 0 ? Percent(taken, clips) : "-", ExactInterval.Part(taken, clips).ToPercentText());
            }

            page.Table(words);
        }
    }

    private void AddFalseAccepts(HtmlPage page)
    {
        if (_detail.FalseAccepts.Count == 0)
        {
            page.Paragraph(_hours > 0 ? Text($"None in {_hours:0.00} hours without keywords.") : "No audio without keywords was given.");
            return;
        }

        page.Plots(Timeline());
        Moment[] highest = [.. _detail.FalseAccepts.OrderByDescending(moment => moment.Score)];
        page.Paragraph(Text($"{highest.Length} in {_hours:0.00} hours without keywords, single other words included{(highest.Length > MostRows ? $"; the {MostRows} with the highest scores are listed" : "")}. {Limits}"));
        page.Table(Moments("Highest scores first", highest));
    }

    private static string Limits => Text($"Two seconds each can be played, of at most {AudioCells.MostPlayers} moments a table and {AudioCells.MostBytes / 1e6:0} MB on the page.");

    /// <summary>When they came, over all recordings one after the other.</summary>
    private LinePlot Timeline()
    {
        var starts = new Dictionary<ReplayedItem, double>(ReferenceEqualityComparer.Instance);
        double seconds = 0;
        foreach (ReplayedItem item in _items.Where(item => item.Keyword < 0))
        {
            starts[item] = seconds;
            seconds += item.Track.Seconds;
        }

        double unit = seconds >= 2 * 3600 ? 3600 : 60;
        PlotPoint At(Moment moment) => new((starts[moment.Item] + moment.Seconds) / unit, moment.Score, Text($"{_model.Keywords[moment.Keyword]} {moment.Score:0.000}, {Place(moment)}"));
        return new LinePlot
        {
            Id = "timeline",
            Title = "Scores of false accepts over time",
            Description = Text($"{_detail.FalseAccepts.Count} false accepts in {_hours:0.00} hours; all of them are in the table below."),
            XTitle = unit == 60 ? "minutes of audio without keywords" : "hours of audio without keywords",
            YFromZero = false,
            Frame = [new PlotPoint(0, _settings.Thresholds.Min()), new PlotPoint(seconds / unit, 1)],
            Series = [.. Enumerable.Range(0, _model.Keywords.Count).Select(keyword =>
                new PlotSeries(_model.Keywords[keyword], [.. _detail.FalseAccepts.Where(moment => moment.Keyword == keyword).Select(At)]) { IsLine = false })],
        };
    }

    private void AddMisses(HtmlPage page)
    {
        Moment[] missed = [.. _detail.Clips.Where(clip => !clip.IsFound).Select(clip => clip.Highest).OrderByDescending(clip => clip.Score)];
        if (missed.Length == 0)
        {
            page.Paragraph(_tally.Clips.Sum() > 0 ? "Every clip was found." : "No clips of keywords were given.");
            return;
        }

        page.Paragraph(Text($"{missed.Length} of {_tally.Clips.Sum()} clips{(missed.Length > MostRows ? $"; the {MostRows} with the highest scores are listed" : "")}. The first {SecondsOfClip} s of a clip can be played. One whose score reaches the threshold was lost to another keyword before it."));
        var table = new HtmlTable("Highest scores first", "Keyword", "Listen", "Highest score", "Threshold", "Clip");
        for (int i = 0; i < Math.Min(missed.Length, MostRows); i++)
        {
            Moment moment = missed[i];
            table.Add(
                false, new HtmlCell(_model.Keywords[moment.Keyword]), _players.Create(i, () => moment.Item.Audio!.Read(0, 0, SecondsOfClip)), new HtmlCell(Text($"{moment.Score:0.000}")),
                new HtmlCell(CalibrationResult.Number(_settings.Thresholds[moment.Keyword])), new HtmlCell(ShortName(moment.Place.Name)));
        }

        page.Table(table);
    }

    private HtmlTable Moments(string caption, IReadOnlyList<Moment> moments)
    {
        var table = new HtmlTable(caption, "Keyword", "Listen", "Score", "Threshold", "Where");
        for (int i = 0; i < Math.Min(moments.Count, MostRows); i++)
        {
            Moment moment = moments[i];
            table.Add(
                false, new HtmlCell(_model.Keywords[moment.Keyword]), _players.Create(i, moment.ReadAudio), new HtmlCell(Text($"{moment.Score:0.000}")),
                new HtmlCell(CalibrationResult.Number(_settings.Thresholds[moment.Keyword])), new HtmlCell(Place(moment)));
        }

        return table;
    }

    private static string Place(Moment moment)
    {
        (string name, double seconds) = moment.Place;
        return $"{TimeText.Of(TimeSpan.FromSeconds(seconds))} {ShortName(name)}";
    }

    /// <summary>A file with its folder: enough to find it again, short enough for a phone.</summary>
    private static string ShortName(string path) => Path.Combine(Path.GetFileName(Path.GetDirectoryName(path)) ?? "", Path.GetFileName(path));

    private static string Percent(int count, int all) => Text($"{100.0 * count / all:0.0} %");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
