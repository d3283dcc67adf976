using System.Globalization;
using System.Text;
using System.Text.Json;
using KeywordSpotter.Spotting;

namespace KeywordSpotter.Evaluation;

/// <summary>The figures of an evaluation, as JSON or as a table.</summary>
internal sealed class EvaluationReport
{
    private static readonly float[] s_thresholds =
    [
        0.05f, 0.10f, 0.15f, 0.20f, 0.25f, 0.30f, 0.35f, 0.40f, 0.45f, 0.50f, 0.55f, 0.60f,
        0.65f, 0.70f, 0.75f, 0.80f, 0.85f, 0.90f, 0.95f, 0.96f, 0.97f, 0.98f, 0.99f, 0.995f,
        0.998f, 0.999f, 0.9995f, 0.9999f,
    ];

    private readonly IReadOnlyList<string> _keywords;
    private readonly IReadOnlyList<string> _folders;
    private readonly IReadOnlyList<float> _modelThresholds;
    private readonly Tally _tally;
    private readonly CurvePoint[] _curve;
    private readonly double _hours;
    private readonly double _backgroundHours;

    private EvaluationReport(
        IReadOnlyList<string> keywords, IReadOnlyList<string> folders, IReadOnlyList<float> thresholds, Tally tally, CurvePoint[] curve, double hours, double backgroundHours)
    {
        _keywords = keywords;
        _folders = folders;
        _modelThresholds = thresholds;
        _tally = tally;
        _curve = curve;
        _hours = hours;
        _backgroundHours = backgroundHours;
    }

    public static EvaluationReport Create(
        SpotterModel model, DetectorSettings settings, IReadOnlyList<string> folders, ReplayedItem[] items, int threads, CancellationToken stop)
    {
        double step = model.Features.SecondsPerVector;
        double hours = ReplayedItem.Hours(items, item => item.Keyword < 0);
        double backgroundHours = ReplayedItem.Hours(items, item => item.IsBackground);
        CurvePoint[] curve = Parallelism.Map(s_thresholds, threads, stop, threshold =>
        {
            Tally tally = Tally.Count(items, settings.WithThreshold(threshold), step, folders.Count);
            return new CurvePoint(threshold, tally.MissRate, tally.FalseAccepts / hours);
        });
        return new EvaluationReport(
            model.Keywords, folders, settings.Thresholds, Tally.Count(items, settings, step, folders.Count), curve, hours, backgroundHours);
    }

    /// <summary>Rates are rounded to 4 digits; a rate of nothing (no clips, no hours) is null. What ends in 95 is the interval of the rate before it.</summary>
    public string ToJson()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            WriteKeywords(json);
            WriteRate(json, "missRate", _tally.MissRate);
            WriteInterval(json, "missRate95", _tally.Clips.Sum() is var clips and > 0 ? ExactInterval.Part(clips - _tally.Detected.Sum(), clips) : null);
            json.WriteNumber("falseAccepts", _tally.FalseAccepts);
            json.WriteNumber("hours", Math.Round(_hours, 4));
            WriteRate(json, "falseAcceptsPerHour", _tally.FalseAccepts / _hours);
            WriteInterval(json, "falseAcceptsPerHour95", ExactInterval.Rate(_tally.FalseAccepts, _hours));
            WriteThreshold(json);
            json.WriteStartArray("curve");
            foreach (CurvePoint point in _curve)
            {
                json.WriteStartObject();
                json.WriteNumber("threshold", point.Threshold);
                WriteRate(json, "missRate", point.MissRate);
                WriteRate(json, "falseAcceptsPerHour", point.FalseAcceptsPerHour);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            WriteParts(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    public string ToTable()
    {
        var text = new StringBuilder();
        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
        void Row(string name, double missRate, double perHour) => Line($"{name,9}  {Percent(missRate)}   {(double.IsNaN(perHour) ? "-" : FormattableString.Invariant($"{perHour:0.00}")),22}");
        for (int i = 0; i < _keywords.Count; i++)
        {
            if (_tally.Clips[i] > 0)
            {
                Line($"{_keywords[i],-20} {_tally.Detected[i],6} of {_tally.Clips[i],6} found   {Missed(_tally.Detected[i], _tally.Clips[i])}   {_tally.Confused[i],4} confused   {_tally.Repeated[i],4} repeated");
            }
        }

        if (_tally.Clips.Sum() > 0)
        {
            Line($"{"all keywords",-20} {_tally.Detected.Sum(),6} of {_tally.Clips.Sum(),6} found   {Missed(_tally.Detected.Sum(), _tally.Clips.Sum())}   {_tally.Confused.Sum(),4} confused   {_tally.Repeated.Sum(),4} repeated");
        }

        for (int i = 0; i < _folders.Count; i++)
        {
            Line($"{_folders[i],-20} {_tally.Taken[i],6} of {_tally.FolderClips[i],6} taken for a keyword   {Part(_tally.Taken[i], _tally.FolderClips[i])}");
        }

        if (_folders.Count > 1)
        {
            Line($"{"all other words",-20} {_tally.Taken.Sum(),6} of {_tally.FolderClips.Sum(),6} taken for a keyword   {Part(_tally.Taken.Sum(), _tally.FolderClips.Sum())}");
        }

        if (_backgroundHours > 0 && _backgroundHours < _hours)
        {
            Line($"{"background",-20} {_tally.BackgroundFalseAccepts,6} false accepts in {_backgroundHours:0.00} h   {PerHour(_tally.BackgroundFalseAccepts, _backgroundHours)}");
        }

        if (_hours > 0)
        {
            Line($"{"without keywords",-20} {_tally.FalseAccepts,6} false accepts in {_hours:0.00} h   {PerHour(_tally.FalseAccepts, _hours)}");
        }

        Line($"threshold {string.Join(", ", DistinctThresholds().ConvertAll(value => value.ToString("0.00###", CultureInfo.InvariantCulture)))}");
        Line($"in brackets: {ExactInterval.Name}");
        Line($"");
        Line($"threshold   missed   false accepts per hour");
        foreach (CurvePoint point in _curve)
        {
            Row(point.Threshold.ToString("0.00##", CultureInfo.InvariantCulture), point.MissRate, point.FalseAcceptsPerHour);
        }

        Row("* in use", _tally.MissRate, _tally.FalseAccepts / _hours);

        return text.ToString();
    }

    private List<float> DistinctThresholds()
    {
        var distinct = new List<float>();
        foreach (float threshold in _modelThresholds)
        {
            if (!distinct.Contains(threshold))
            {
                distinct.Add(threshold);
            }
        }

        return distinct;
    }

    private static string Missed(int detected, int clips) => $"{Percent(1 - (detected / (double)clips))} missed ({ExactInterval.Part(clips - detected, clips).ToPercentText()})";

    private static string Part(int count, int clips) => $"{Percent(count / (double)clips)} ({ExactInterval.Part(count, clips).ToPercentText()})";

    private static string PerHour(int events, double hours) =>
        string.Create(CultureInfo.InvariantCulture, $"{events / hours:0.00} per hour ({ExactInterval.Rate(events, hours).ToRateText()})");

    private static string Percent(double rate) =>
        (double.IsNaN(rate) ? "-" : (100 * rate).ToString("0.0", CultureInfo.InvariantCulture) + " %").PadLeft(7);

    private static void WriteRate(Utf8JsonWriter json, string name, double rate)
    {
        if (double.IsFinite(rate))
        {
            json.WriteNumber(name, Math.Round(rate, 4));
        }
        else
        {
            json.WriteNull(name);
        }
    }

    /// <summary>The two ends, rounded like rates.</summary>
    private static void WriteInterval(Utf8JsonWriter json, string name, ExactInterval? rate)
    {
        if (rate is not { } interval || double.IsInfinity(interval.High))
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartArray(name);
        json.WriteNumberValue(Math.Round(interval.Low, 4));
        json.WriteNumberValue(Math.Round(interval.High, 4));
        json.WriteEndArray();
    }

    private void WriteKeywords(Utf8JsonWriter json)
    {
        json.WriteStartObject("keywords");
        for (int i = 0; i < _keywords.Count; i++)
        {
            if (_tally.Clips[i] == 0)
            {
                continue;
            }

            json.WriteStartObject(_keywords[i]);
            json.WriteNumber("clips", _tally.Clips[i]);
            json.WriteNumber("detected", _tally.Detected[i]);
            WriteRate(json, "missRate", 1 - (_tally.Detected[i] / (double)_tally.Clips[i]));
            WriteInterval(json, "missRate95", ExactInterval.Part(_tally.Clips[i] - _tally.Detected[i], _tally.Clips[i]));
            json.WriteNumber("confused", _tally.Confused[i]);
            json.WriteNumber("repeated", _tally.Repeated[i]);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>One number where there is one; a model with a threshold for each keyword has null there and lists them.</summary>
    private void WriteThreshold(Utf8JsonWriter json)
    {
        if (DistinctThresholds().Count == 1)
        {
            json.WriteNumber("threshold", _modelThresholds[0]);
            return;
        }

        json.WriteNull("threshold");
        json.WriteStartObject("thresholds");
        for (int i = 0; i < _keywords.Count; i++)
        {
            json.WriteNumber(_keywords[i], _modelThresholds[i]);
        }

        json.WriteEndObject();
    }

    /// <summary>Background and other words apart: a false accept an hour of speech is not the same as one in a thousand single words.</summary>
    private void WriteParts(Utf8JsonWriter json)
    {
        json.WriteStartObject("background");
        json.WriteNumber("falseAccepts", _tally.BackgroundFalseAccepts);
        json.WriteNumber("hours", Math.Round(_backgroundHours, 4));
        WriteRate(json, "falseAcceptsPerHour", _tally.BackgroundFalseAccepts / _backgroundHours);
        WriteInterval(json, "falseAcceptsPerHour95", ExactInterval.Rate(_tally.BackgroundFalseAccepts, _backgroundHours));
        json.WriteEndObject();
        json.WriteStartObject("otherWords");
        for (int i = 0; i < _folders.Count; i++)
        {
            json.WriteStartObject(_folders[i]);
            json.WriteNumber("clips", _tally.FolderClips[i]);
            json.WriteNumber("taken", _tally.Taken[i]);
            WriteRate(json, "takenRate", _tally.Taken[i] / (double)_tally.FolderClips[i]);
            WriteInterval(json, "takenRate95", ExactInterval.Part(_tally.Taken[i], _tally.FolderClips[i]));
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteStartObject("allOtherWords");
        json.WriteNumber("clips", _tally.FolderClips.Sum());
        json.WriteNumber("taken", _tally.Taken.Sum());
        WriteRate(json, "takenRate", _tally.TakenRate);
        WriteInterval(json, "takenRate95", _tally.FolderClips.Sum() is var others and > 0 ? ExactInterval.Part(_tally.Taken.Sum(), others) : null);
        json.WriteEndObject();
    }
}
