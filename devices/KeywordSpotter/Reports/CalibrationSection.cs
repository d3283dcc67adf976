using System.Globalization;
using KeywordSpotter.Calibration;
using KeywordSpotter.Evaluation;
using KeywordSpotter.Spotting;

namespace KeywordSpotter.Reports;

/// <summary>What a calibration chose, on a page: before and after, and what other rates of false accepts would cost.</summary>
internal static class CalibrationSection
{
    public static void Add(HtmlPage page, CalibrationResult result, SpotterModel model)
    {
        page.Heading("What was chosen");
        page.Paragraph($"{result.Describe()}.");
        var settings = new HtmlTable("Settings and misses", "Keyword", "Threshold before", "now", "Mean of steps before", "now", "Missed before", "now");
        for (int i = 0; i < model.Keywords.Count; i++)
        {
            settings.Add(
                model.Keywords[i], CalibrationResult.Number(result.Before.Settings.Thresholds[i]), CalibrationResult.Number(result.After.Settings.Thresholds[i]), Text($"{result.Before.Settings.SmoothingOf(i)}"),
                Text($"{result.After.Settings.SmoothingOf(i)}"), CalibrationResult.Missed(result.Before.Tally, i), CalibrationResult.Missed(result.After.Tally, i));
        }

        page.Table(settings);
        page.Paragraph(CalibrationResult.Caveat);
        if (result.HasClips)
        {
            page.Plots(TradeOff(result));
        }

        var table = new HtmlTable("Misses against false accepts of all keywords together; the chosen ones stand out", "Expected per hour", "Heard", "Per hour, 95 %", "Missed", "Thresholds");
        foreach (OperatingPoint point in result.Points)
        {
            int heard = point.Tally.BackgroundFalseAccepts;
            string[] cells =
            [
                ExactInterval.Short(point.Rate), Text($"{heard}"), ExactInterval.Rate(heard, result.Hours).ToRateText(), CalibrationResult.Missed(point.Tally, -1),
                string.Join(", ", point.Settings.Thresholds.Select(CalibrationResult.Number)),
            ];
            table.Add(result.IsChosen(point), Array.ConvertAll(cells, cell => new HtmlCell(cell)));
        }

        page.Table(table);
    }

    private static LinePlot TradeOff(CalibrationResult result)
    {
        static double Missed(OperatingPoint point) => 100 * point.Tally.MissRate;
        OperatingPoint chosen = result.Points.First(result.IsChosen);
        return new LinePlot
        {
            Id = "rates",
            Title = "All keywords: % missed against false accepts per hour that are to be expected",
            Description = Text($"At {ExactInterval.Short(chosen.Rate)} false accepts per hour {Missed(chosen):0.0} % of the clips are missed. All points are in the table below."),
            XTitle = "false accepts per hour, expected (logarithmic)",
            XScale = PlotScale.Logarithmic,
            Series = [new PlotSeries("rates", [.. result.Points.Select(point => new PlotPoint(point.Rate, Missed(point), Text($"{ExactInterval.Short(point.Rate)} per hour: {Missed(point):0.0} % missed")))])],
            Mark = new PlotPoint(chosen.Rate, Missed(chosen), "chosen"),
        };
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
