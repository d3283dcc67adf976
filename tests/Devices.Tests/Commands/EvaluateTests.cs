using System.Text.Json;
using KeywordSpotter.Spotting;

namespace KeywordSpotter.Tests.Commands;

public sealed class EvaluateTests(TrainedModel model)
{
    [Fact]
    public void Evaluate_counts_clips_words_and_hours()
    {
        WriteTestSet("counted");

        JsonElement json = Evaluate("counted");

        JsonElement rise = json.GetProperty("keywords").GetProperty(SmallAudio.Rise);
        Assert.Equal(6, rise.GetProperty("clips").GetInt32());
        Assert.InRange(rise.GetProperty("detected").GetInt32(), 5, 6);
        Assert.Equal(1 - (rise.GetProperty("detected").GetInt32() / 6.0), rise.GetProperty("missRate").GetDouble(), 3);
        Assert.InRange(json.GetProperty("missRate").GetDouble(), 0, 0.2);
        Assert.Equal(((2 * 8) + 4) / 3600.0, json.GetProperty("hours").GetDouble(), 4);
        Assert.Equal(
            json.GetProperty("falseAccepts").GetInt32() / json.GetProperty("hours").GetDouble(), json.GetProperty("falseAcceptsPerHour").GetDouble(), 0);
        JsonElement other = json.GetProperty("otherWords").GetProperty("other");
        Assert.Equal(4, other.GetProperty("clips").GetInt32());
        Assert.InRange(other.GetProperty("taken").GetInt32(), 0, 2);
        Assert.Equal(2 * 8 / 3600.0, json.GetProperty("background").GetProperty("hours").GetDouble(), 4);
    }

    [Fact]
    public void Evaluate_curve_trades_misses_for_false_accepts()
    {
        WriteTestSet("curve");

        JsonElement[] curve = [.. Evaluate("curve").GetProperty("curve").EnumerateArray()];

        double[] thresholds = [.. curve.Select(point => point.GetProperty("threshold").GetDouble())];
        Assert.Equal(0.05, thresholds[0]);
        Assert.Equal(0.9999, thresholds[^1], 1e-6); // as high as calibrate goes
        Assert.Equal(thresholds.Order(), thresholds);
        Assert.True(curve[^1].GetProperty("missRate").GetDouble() >= curve[5].GetProperty("missRate").GetDouble());
        Assert.True(curve[^1].GetProperty("falseAcceptsPerHour").GetDouble() <= curve[0].GetProperty("falseAcceptsPerHour").GetDouble());
    }

    [Fact]
    public void Evaluate_gives_the_same_result_for_any_number_of_threads()
    {
        WriteTestSet("threads");

        string one = CommandRun.Of([.. Arguments("threads"), "--json", "--threads", "1"]).Output;
        string four = CommandRun.Of([.. Arguments("threads"), "--json", "--threads", "4"]).Output;

        Assert.Equal(one, four);
    }

    [Fact]
    public void Evaluate_threshold_replaces_the_models_own()
    {
        WriteTestSet("strict");

        CommandRun run = CommandRun.Of([.. Arguments("strict"), "--json", "--threshold", "1"]);

        JsonElement json = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal(1, json.GetProperty("threshold").GetDouble());
        Assert.Equal(1, json.GetProperty("missRate").GetDouble());
        Assert.Equal(0, json.GetProperty("falseAccepts").GetInt32());
    }

    [Fact]
    public void Evaluate_threshold_is_null_where_keywords_have_their_own()
    {
        WriteTestSet("own");
        SpotterModel loaded = SpotterModel.Load(model.Path);
        string path = model.In("own.safetensors");
        SpotterModel.Create(loaded.Network, loaded.Keywords, loaded.Features, loaded.Detector with { Thresholds = [0.25f, 0.75f] }).Save(path, []);

        JsonElement json = JsonDocument.Parse(CommandRun.Of([.. Arguments("own")[..^1], path, "--json"]).Output).RootElement;

        Assert.Equal(JsonValueKind.Null, json.GetProperty("threshold").ValueKind);
        Assert.Equal(0.25, json.GetProperty("thresholds").GetProperty(SmallAudio.Rise).GetDouble());
        Assert.Equal(0.75, json.GetProperty("thresholds").GetProperty(SmallAudio.Sink).GetDouble());
    }

    [Fact]
    public void Evaluate_json_totals_the_other_words_and_counts_confusions()
    {
        WriteTestSet("totals");
        SmallAudio.Write(model.In("totals", "data", "more", "0.wav"), SmallAudio.Background(820, 1));

        JsonElement json = Evaluate("totals");

        JsonElement all = json.GetProperty("allOtherWords");
        JsonElement[] parts = [.. json.GetProperty("otherWords").EnumerateObject().Select(folder => folder.Value)];
        Assert.Equal(5, all.GetProperty("clips").GetInt32());
        Assert.Equal(parts.Sum(part => part.GetProperty("taken").GetInt32()), all.GetProperty("taken").GetInt32());
        Assert.Equal(all.GetProperty("taken").GetInt32() / 5.0, all.GetProperty("takenRate").GetDouble(), 3);
        JsonElement rise = json.GetProperty("keywords").GetProperty(SmallAudio.Rise);
        Assert.InRange(rise.GetProperty("confused").GetInt32(), 0, 1);
        Assert.Equal(0, rise.GetProperty("repeated").GetInt32());
    }

    [Fact]
    public void Evaluate_folder_in_another_case_and_missing_folder_are_told()
    {
        SmallAudio.Write(model.In("case", "RISE", "0.wav"), SmallAudio.Word(SmallAudio.Rise, 700, out _));

        CommandRun run = CommandRun.Of("evaluate", "--data", model.In("case"), "--model", model.Path, "--json");

        Assert.Equal(0, run.Status);
        Assert.Equal(1, JsonDocument.Parse(run.Output).RootElement.GetProperty("keywords").GetProperty(SmallAudio.Rise).GetProperty("clips").GetInt32());
        string[] remarks = run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, remarks.Length);
        Assert.Contains("RISE: taken for the keyword 'rise'", remarks[0]);
        Assert.Contains("no folder 'sink'", remarks[1]);
    }

    [Fact]
    public void Evaluate_overlapping_and_hidden_folders_add_nothing()
    {
        WriteTestSet("overlap");
        string[] twice = ["--background", model.In("overlap", "background"), model.In("overlap"), model.In("overlap", "data", "..", "background")];
        string once = CommandRun.Of([.. Arguments("overlap"), "--json"]).Output;
        SmallAudio.Write(model.In("overlap", "background", ".old", "9.wav"), SmallAudio.Background(830, 5));
        SmallAudio.Write(model.In("overlap", "data", ".cache", "9.wav"), SmallAudio.Background(831, 5));

        CommandRun run = CommandRun.Of([.. Arguments("overlap"), .. twice, "--json"]);

        Assert.Equal(0, run.Status);
        Assert.Equal(once, run.Output);
    }

    [Fact]
    public void Evaluate_table_has_a_line_for_each_folder()
    {
        WriteTestSet("table");

        CommandRun run = CommandRun.Of(Arguments("table"));

        Assert.Equal(0, run.Status);
        Assert.Contains(run.Lines, line => line.StartsWith("rise", StringComparison.Ordinal) && line.Contains("of      6 found"));
        Assert.Contains(run.Lines, line => line.StartsWith("other", StringComparison.Ordinal) && line.Contains("of      4 taken for a keyword"));
        Assert.Contains(run.Lines, line => line.StartsWith("without keywords", StringComparison.Ordinal));
    }

    [Fact]
    public void Evaluate_resamples_clips()
    {
        for (int i = 0; i < 4; i++)
        {
            float[] word = SmallAudio.Word(SmallAudio.Sink, 720 + i, out _);
            SmallAudio.Write(model.In("half-rate", "data", SmallAudio.Sink, $"{i}.wav"), Seq.Embedded.Audio.Resampler.Resample(word, 16000, 8000), 8000);
        }

        CommandRun run = CommandRun.Of("evaluate", "--data", model.In("half-rate", "data"), "--model", model.Path, "--json");

        JsonElement json = JsonDocument.Parse(run.Output).RootElement;
        Assert.InRange(json.GetProperty("keywords").GetProperty(SmallAudio.Sink).GetProperty("detected").GetInt32(), 3, 4);
        Assert.Equal(JsonValueKind.Null, json.GetProperty("falseAcceptsPerHour").ValueKind);
    }

    [Fact]
    public void Evaluate_background_alone_has_no_miss_rate()
    {
        CommandRun run = CommandRun.Of("evaluate", "--background", model.In("background"), "--model", model.Path, "--json");

        JsonElement json = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal(JsonValueKind.Null, json.GetProperty("missRate").ValueKind);
        Assert.Empty(json.GetProperty("keywords").EnumerateObject());
    }

    [Fact]
    public void Evaluate_of_nothing_is_bad_usage() =>
        CommandRun.Of("evaluate", "--model", model.Path).AssertFailed(2, "--data", "--background");

    [Fact]
    public void Evaluate_missing_folder_is_bad_input() =>
        CommandRun.Of("evaluate", "--data", "no-such-data", "--model", model.Path).AssertFailed(1, "no-such-data");

    [Fact]
    public void Evaluate_missing_background_is_bad_input() =>
        CommandRun.Of("evaluate", "--data", model.In("data"), "--background", "no-such-talk", "--model", model.Path).AssertFailed(1, "no-such-talk");

    [Fact]
    public void Evaluate_damaged_clip_is_bad_input_that_names_it()
    {
        Directory.CreateDirectory(model.In("broken", "rise"));
        File.WriteAllText(model.In("broken", "rise", "bad.wav"), "RIFF");

        CommandRun.Of("evaluate", "--data", model.In("broken"), "--model", model.Path).AssertFailed(1, "bad.wav");
    }

    [Fact]
    public void Evaluate_stopped_has_no_result()
    {
        CommandRun run = CommandRun.OfStopped("evaluate", "--data", model.In("data"), "--model", model.Path);

        run.AssertFailed(1, "no result");
    }

    private JsonElement Evaluate(string name)
    {
        CommandRun run = CommandRun.Of([.. Arguments(name), "--json"]);
        Assert.Equal((0, ""), (run.Status, run.Error));
        return JsonDocument.Parse(run.Output).RootElement;
    }

    private string[] Arguments(string name) =>
        ["evaluate", "--data", model.In(name, "data"), "--background", model.In(name, "background"), "--model", model.Path];

    /// <summary>Words and background that training has not seen: 6 + 6 keywords, 4 other clips of 1 s, 2 x 8 s of background.</summary>
    private void WriteTestSet(string name)
    {
        for (int i = 0; i < 6; i++)
        {
            SmallAudio.Write(model.In(name, "data", SmallAudio.Rise, $"{i}.wav"), SmallAudio.Word(SmallAudio.Rise, 700 + i, out _));
            SmallAudio.Write(model.In(name, "data", SmallAudio.Sink, $"{i}.wav"), SmallAudio.Word(SmallAudio.Sink, 700 + i, out _));
        }

        for (int i = 0; i < 4; i++)
        {
            SmallAudio.Write(model.In(name, "data", "other", $"{i}.wav"), SmallAudio.Background(800 + i, 1));
        }

        SmallAudio.Write(model.In(name, "background", "0.wav"), SmallAudio.Background(810, 8));
        SmallAudio.Write(model.In(name, "background", "1.wav"), SmallAudio.Background(811, 8));
    }
}
