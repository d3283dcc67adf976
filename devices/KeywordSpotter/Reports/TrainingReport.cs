using System.Globalization;
using System.Text;
using KeywordSpotter.Data;
using KeywordSpotter.Evaluation;
using KeywordSpotter.Spotting;
using KeywordSpotter.Training;
using Seq.Embedded.Audio;
using Seq.Embedded.Weights;

namespace KeywordSpotter.Reports;

/// <summary>A training run as a page: curves over the epochs, what the kept model does on what was held back, the recipe, time and memory.</summary>
/// <param name="command">The command that repeats the run.</param>
/// <param name="options">The recipe.</param>
/// <param name="data">What it was trained on.</param>
/// <param name="session">The run: its epochs so far are those of the page.</param>
internal sealed class TrainingReport(string command, TrainingOptions options, TrainingData data, TrainingSession session)
{
    private const int RefreshSeconds = 20;
    private const int MostEpochs = 400; // in plots and tables; of more every second, third, ... is shown

    private readonly IReadOnlyList<EpochReport> _epochs = session.Epochs;

    /// <summary>Writes the page as it is now, atomically; after the first epoch.</summary>
    /// <param name="path">The file.</param>
    /// <param name="network">That of any epoch: its layers are those of all.</param>
    /// <param name="ended">Whether training is over.</param>
    public void Save(string path, INetwork network, bool ended) => AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(ToHtml(network, ended))));

    private string ToHtml(INetwork network, bool ended)
    {
        EpochReport last = _epochs[^1];
        EpochReport kept = session.Kept!;
        var page = new HtmlPage($"Training: {string.Join(", ", data.Keywords)}", ended ? 0 : RefreshSeconds);
        string state = !ended ? $"in training, after epoch {last.Number} of {options.Epochs}, about {TimeText.Of(last.TimeLeft)} left"
            : last.Number < options.Epochs ? $"ended early, after epoch {last.Number} of {options.Epochs}"
            : $"complete, {options.Epochs} epochs";
        page.Paragraph(Text($"{char.ToUpperInvariant(state[0])}{state[1..]}; written {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC."));
        AddFacts(page, kept);
        page.Heading("Epoch by epoch");
        AddCurves(page, kept);
        page.Heading("The kept model on what was held back");
        if (kept.Validation is { Detail: { } detail } result)
        {
            AddConfusion(page, result, detail.Confusion);
            AddTradeOff(page, result, detail.Curve);
        }
        else
        {
            page.Paragraph("Nothing was held back (--validation 0), so nothing is known about misses and false accepts: the last epoch is kept, and the threshold is a guess.");
        }

        page.Heading("Recipe");
        AddRecipe(page, network);
        page.Heading("Time and memory");
        AddCost(page, last);
        return page.ToString();
    }

    private static void AddFacts(HtmlPage page, EpochReport kept)
    {
        if (kept.Validation is not { Detail: { } detail } result)
        {
            page.Facts(("Kept", Text($"epoch {kept.Number}"), "the last one"), ("Loss", Text($"{kept.Loss:0.0000}"), "mean of that epoch"));
            return;
        }

        int clips = detail.Confusion.Keywords.Sum(row => row.Sum());
        page.Facts(
            ("Kept", Text($"epoch {kept.Number}"), Text($"threshold {result.Threshold:0.00}, chosen on what was held back")),
            ("Missed", Percent(result.MissRate), Text($"of {clips} keyword clips held back")),
            ("False accepts", result.Hours > 0 ? Text($"{result.FalseAccepts / result.Hours:0.0} per hour") : "not known", Background(result)),
            ("Accuracy", Percent(result.Accuracy), Text($"of {clips + detail.Confusion.OtherWords.Sum()} clips, keywords and other words")));
    }

    /// <summary>How many false accepts in how much audio, and what none of them proves.</summary>
    private static string Background(ValidationResult result)
    {
        if (result.Hours == 0)
        {
            return "no running background was held back";
        }

        string minutes = Text($"{result.FalseAccepts} in {60 * result.Hours:0.0} minutes of running background");
        double most = -Math.Log(0.05) / result.Hours; // the rate at which no event in that time has a probability of 5 %
        return result.FalseAccepts > 0 ? minutes : Text($"{minutes}: below {most:0.0} per hour with 95 % confidence");
    }

    private void AddCurves(HtmlPage page, EpochReport kept)
    {
        EpochReport[] shown = Shown(kept);
        LinePlot Plot(string id, string title, string unit, Func<EpochReport, double> value, PlotScale scale = PlotScale.Linear, bool fromZero = true)
        {
            string Note(EpochReport epoch) => Text($"epoch {epoch.Number}: {PlotAxis.Label(Math.Round(value(epoch), 4))}{unit}");
            return new LinePlot
            {
                Id = id,
                Title = $"{title}{(scale == PlotScale.SquareRoot ? " (square-root scale)" : "")}",
                Description = Text($"From {value(shown[0]):0.####}{unit} after epoch {shown[0].Number} to {value(shown[^1]):0.####}{unit} after epoch {shown[^1].Number}; the kept epoch, {kept.Number}, has {value(kept):0.####}{unit}. All values are in the table below."),
                XTitle = "epoch",
                WholeX = true,
                YScale = scale,
                YFromZero = fromZero,
                Series = [new PlotSeries(title, Array.ConvertAll(shown, epoch => new PlotPoint(epoch.Number, value(epoch), Note(epoch))))],
                Mark = new PlotPoint(kept.Number, value(kept), id == "loss" ? "kept" : ""),
            };
        }

        List<LinePlot> plots = [Plot("loss", "Training loss, mean of the epoch", "", epoch => epoch.Loss)];
        if (kept.Validation is not null)
        {
            plots.Add(Plot("missed", "Keywords missed, % of the clips held back", " %", epoch => 100 * epoch.Validation!.MissRate, PlotScale.SquareRoot));
            if (kept.Validation.Hours > 0)
            {
                plots.Add(Plot("accepts", "False accepts per hour of background", " per hour", epoch => epoch.Validation!.FalseAccepts / epoch.Validation.Hours, PlotScale.SquareRoot));
            }

            plots.Add(Plot("accuracy", "Clips treated rightly, %", " %", epoch => 100 * epoch.Validation!.Accuracy, fromZero: false));
        }

        plots.Add(Plot("rate", "Learning rate", "", epoch => epoch.LearningRate));
        page.Plots([.. plots]);
        page.Paragraph("Each epoch is measured at the threshold that suits it best; the ring is the epoch that is kept.");
        page.Folded("All epochs as a table", EpochTable(shown, kept));
    }

    private HtmlTable EpochTable(EpochReport[] shown, EpochReport kept)
    {
        var table = new HtmlTable(
            shown.Length < _epochs.Count ? $"{shown.Length} of {_epochs.Count} epochs; the kept one stands out" : "All epochs; the kept one stands out",
            "Epoch", "Loss", "Missed", "False accepts", "Accuracy", "Threshold", "Learning rate", "Time");
        foreach (EpochReport epoch in shown)
        {
            ValidationResult? result = epoch.Validation;
            string[] cells =
            [
                Text($"{epoch.Number}"), Text($"{epoch.Loss:0.0000}"), result is null ? "-" : Percent(result.MissRate), result is null ? "-" : Text($"{result.FalseAccepts}"),
                result is null ? "-" : Percent(result.Accuracy), result is null ? "-" : Text($"{result.Threshold:0.00}"), Text($"{epoch.LearningRate:0.0000000}"), TimeText.Of(epoch.Elapsed),
            ];
            table.Add(epoch.Number == kept.Number, Array.ConvertAll(cells, cell => new HtmlCell(cell)));
        }

        return table;
    }

    private void AddConfusion(HtmlPage page, ValidationResult result, ConfusionMatrix confusion)
    {
        page.Paragraph("Rows are what was said, columns what was reported: a clip counts once, as the keyword with the highest score or as none; in running background each report counts. "
            + $"At most {Validator.MostWords} of the other words and {Validator.MostSpeechSeconds / 60} minutes of the background that is held back are listened to.");
        var table = new HtmlTable(Text($"Reports at threshold {result.Threshold:0.00}"), ["Said", .. data.Keywords, "none", "clips"]);
        int none = data.Keywords.Count;
        for (int row = 0; row < none; row++)
        {
            table.Add(false, Row(data.Keywords[row], confusion.Keywords[row], row));
        }

        if (confusion.OtherWords.Sum() > 0)
        {
            table.Add(false, Row("(other words)", confusion.OtherWords, none));
        }

        if (result.Hours > 0)
        {
            HtmlCell[] cells = Array.ConvertAll(confusion.Background, count => new HtmlCell(Text($"{count}"), count > 0 ? 0.5 : 0, Wrong: true));
            table.Add(false, [new HtmlCell("(running background)"), .. cells, new HtmlCell("-"), new HtmlCell(Text($"{60 * result.Hours:0.0} min"))]);
        }

        page.Table(table);

        static HtmlCell[] Row(string name, int[] counts, int right)
        {
            int sum = counts.Sum();
            var cells = new List<HtmlCell> { new(name) };
            for (int column = 0; column < counts.Length; column++)
            {
                cells.Add(new HtmlCell(Text($"{counts[column]}"), counts[column] / (double)Math.Max(1, sum), column != right));
            }

            return [.. cells, new HtmlCell(Text($"{sum}"))];
        }
    }

    private static void AddTradeOff(HtmlPage page, ValidationResult result, CurvePoint[] curve)
    {
        var table = new HtmlTable("Misses and false accepts by threshold; the chosen one stands out", "Threshold", "Missed", "False accepts per hour");
        foreach (CurvePoint point in curve)
        {
            table.Add(
                point.Threshold == result.Threshold,
                new HtmlCell(Text($"{point.Threshold:0.00}")), new HtmlCell(Percent(point.MissRate)), new HtmlCell(result.Hours > 0 ? Text($"{point.FalseAcceptsPerHour:0.0}") : "-"));
        }

        if (result.Hours == 0)
        {
            page.Paragraph("No running background was held back, so there are no false accepts to weigh misses against.");
            page.Table(table);
            return;
        }

        CurvePoint chosen = Array.Find(curve, point => point.Threshold == result.Threshold);
        page.Plots(new LinePlot
        {
            Id = "trade-off",
            Title = "Keywords missed, %, against false accepts per hour, one point for each threshold",
            Description = Text($"At the chosen threshold, {chosen.Threshold:0.00}, {Percent(chosen.MissRate)} of the keywords are missed with {chosen.FalseAcceptsPerHour:0.0} false accepts per hour. All thresholds are in the table below."),
            XTitle = "false accepts per hour of background (square-root scale)",
            XScale = PlotScale.SquareRoot,
            Series = [new PlotSeries("thresholds", Array.ConvertAll(curve, point => new PlotPoint(point.FalseAcceptsPerHour, 100 * point.MissRate, Text($"threshold {point.Threshold:0.00}: {Percent(point.MissRate)} missed, {point.FalseAcceptsPerHour:0.0} per hour"))))],
            Mark = new PlotPoint(chosen.FalseAcceptsPerHour, 100 * chosen.MissRate, Text($"threshold {chosen.Threshold:0.00}")),
        });
        page.Paragraph($"False accepts at the chosen threshold: {Background(result)}. The threshold was chosen on the same recordings: expect a little more in use, and measure with kws evaluate on others.");
        page.Folded("All thresholds as a table", table);
    }

    private void AddRecipe(HtmlPage page, INetwork network)
    {
        var clips = new HtmlTable("Audio", "What", "to train on", "held back");
        for (int i = 0; i < data.Keywords.Count; i++)
        {
            clips.Add(data.Keywords[i], Text($"{data.Training[i].Length} clips"), Text($"{data.Validation[i].Length} clips"));
        }

        clips.Add("(other words)", Text($"{data.TrainingBackground.Words.Length} clips"), Text($"{data.ValidationBackground.Words.Length} clips"));
        clips.Add("(running background)", Text($"{Length(data.TrainingBackground.Speech):0.0} min"), Text($"{Length(data.ValidationBackground.Speech):0.0} min"));
        clips.Add("(noise)", Text($"{Length(data.Noise):0.0} min"), "-");
        page.Table(clips);
        page.Code(command);
        page.Paragraph(Text($"Seed {options.Seed}. {network.ParameterCount:N0} parameters ({string.Join(", ", network.Layers.Select(layer => $"{layer.Name} {layer.Inputs} -> {layer.Outputs}"))}), {network.WeightBytes:N0} bytes. kws {typeof(TrainingReport).Assembly.GetName().Version?.ToString(3)}."));
    }

    private void AddCost(HtmlPage page, EpochReport last)
    {
        double seconds = last.Elapsed.TotalSeconds;
        double examples = (double)last.Number * options.Steps * options.Batch;
        (long trainer, long prepared) = TrainingSession.GetMemory(options, data.Keywords.Count);
        long audio = Clips().Sum(clip => (long)clip.Samples.Length) * sizeof(short);
        page.Facts(
            ("Time", TimeText.Of(last.Elapsed), Text($"{seconds / last.Number:0.0} s per epoch of {options.Steps} batches, measuring included")),
            ("Examples", Text($"{examples / seconds:0} per second"), Text($"of {options.Seconds} s each, {options.Threads} threads of {Environment.ProcessorCount} processors")),
            ("Trainer", Megabytes(trainer), "weights, gradients, moments, activations"),
            ("Audio and examples", Megabytes(audio + prepared), Text($"{Megabytes(audio)} of audio, {Megabytes(prepared)} of prepared examples")),
            ("Process", Megabytes(PeakMemory.Bytes), "the most it has held"));
    }

    private IEnumerable<Clip> Clips() =>
    [
        .. data.Training.SelectMany(clips => clips), .. data.Validation.SelectMany(clips => clips), .. data.Noise,
        .. data.TrainingBackground.Speech, .. data.TrainingBackground.Words, .. data.ValidationBackground.Speech, .. data.ValidationBackground.Words,
    ];

    private EpochReport[] Shown(EpochReport kept)
    {
        int every = (_epochs.Count + MostEpochs - 1) / MostEpochs;
        return [.. _epochs.Where((epoch, index) => index % every == 0 || index == _epochs.Count - 1 || epoch.Number == kept.Number)];
    }

    private static double Length(Clip[] clips) => clips.Sum(clip => (double)clip.Samples.Length) / 60 / new FeatureSettings().SampleRate;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Percent(double part) => Text($"{100 * part:0.0} %");

    private static string Megabytes(long bytes) => Text($"{bytes / 1e6:0.0} MB");
}
