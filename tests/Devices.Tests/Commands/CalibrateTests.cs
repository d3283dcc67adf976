using System.Xml.Linq;
using KeywordSpotter.Spotting;
using Seq.Embedded;
using Seq.Embedded.Audio;
using Seq.Embedded.Weights;

namespace KeywordSpotter.Tests.Commands;

public sealed class CalibrateTests(TrainedModel model)
{
    [Fact]
    public void Calibrate_writes_settings_and_leaves_the_weights_as_they_are()
    {
        WriteRoom("whole");
        string path = model.In("whole.safetensors"), top = model.In("whole-top");

        CommandRun run = CommandRun.Of([.. Arguments("whole"), "--out", path, "--target-false-accepts-per-hour", "100", "--save-top", top]);

        Assert.Equal((0, ""), (run.Status, run.Error));
        AssertSameWeights(model.Path, path);
        SpotterModel before = SpotterModel.Load(model.Path), after = SpotterModel.Load(path);
        Assert.Equal(before.Keywords, after.Keywords);
        Assert.Equal(before.Network.Metadata["training.result"], after.Network.Metadata["training.result"]);
        Assert.Contains("of 12 clips", after.Network.Metadata["calibration.result"]);
        Assert.Contains("target 100 per hour", after.Network.Metadata["calibration.result"]);
        Assert.Contains(run.Lines, line => line.StartsWith("rise ", StringComparison.Ordinal) && line.Contains(" of 6, "));
        Assert.Contains(run.Lines, line => line.StartsWith('*'));
        Assert.Contains("95 % intervals, exact", run.Output);

        // Evaluate, with the settings of the file, finds the same.
        CommandRun evaluated = CommandRun.Of("evaluate", "--data", model.In("whole", "data"), "--background", model.In("whole", "room"), "--model", path);
        string missed = run.Lines.First(line => line.StartsWith("all keywords", StringComparison.Ordinal)).Split(',')[1].Split(' ')[^3]; // of those now
        Assert.Contains($"{12 - int.Parse(missed),6} of     12 found", evaluated.Output);

        // Two seconds each of the highest moments.
        string[] kept = Directory.GetFiles(top, "*.wav");
        Assert.InRange(kept.Length, 1, 10);
        Assert.All(kept, file => Assert.InRange(WavFile.ReadMono(file, 16000).Length, 16000 / 2, 2 * 16000));
    }

    [Fact]
    public void Calibrate_of_eight_bit_weights_leaves_them_as_they_are()
    {
        WriteRoom("int8");
        string rounded = model.In("int8-before.safetensors"), path = model.In("int8-after.safetensors");
        Assert.Equal(0, CommandRun.Of("quantize", "--model", model.Path, "--out", rounded).Status);

        CommandRun run = CommandRun.Of([.. Arguments("int8")[..^1], rounded, "--out", path, "--force"]);

        Assert.Equal((0, ""), (run.Status, run.Error));
        AssertSameWeights(rounded, path);
        Assert.Equal(WeightFormat.Int8, SpotterModel.Load(path).Network.Format);
        Assert.Contains("0.1 per hour is not shown. That takes 30.0 hours without any", run.Output);
    }

    [Fact]
    public void Calibrate_over_its_own_model_keeps_the_earlier_version()
    {
        WriteRoom("over");
        string path = model.In("over.safetensors");
        File.Copy(model.Path, path);

        CommandRun run = CommandRun.Of([.. Arguments("over")[..^1], path, "--out", path, "--force"]);

        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Equal(File.ReadAllBytes(model.Path), File.ReadAllBytes(Directory.GetFiles(path + ".versions").Order().First()));
        Assert.Contains("kws calibrate", CommandRun.Of("models", path).Output);
    }

    [Fact]
    public void Calibrate_without_clips_keeps_the_smoothing_and_knows_no_misses()
    {
        WriteRoom("roomonly");
        string path = model.In("roomonly.safetensors");

        CommandRun run = CommandRun.Of("calibrate", "--room", model.In("roomonly", "room", "0.wav"), model.In("roomonly", "room"), "--model", model.Path, "--out", path, "--target-false-accepts-per-hour", "500");

        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Equal(SpotterModel.Load(model.Path).Detector.SmoothingSteps, SpotterModel.Load(path).Detector.SmoothingSteps);
        Assert.Contains("no clips of keywords", run.Lines[^1]);
        Assert.Contains("in 0.02 hours", run.Output); // 2 x 31 s, the first file counted once
    }

    [Fact]
    public void Calibrate_listens_live_until_the_audio_ends()
    {
        WriteRoom("live");
        string path = model.In("live.safetensors"), top = model.In("live-top"), kept = model.In("live-room");
        float[] audio = [.. SmallAudio.Background(910, 70), .. SmallAudio.Word(SmallAudio.Rise, 911, out _), .. SmallAudio.Background(912, 9)];

        CommandRun run = CommandRun.OfInput(
            SmallAudio.Raw(audio), "calibrate", "--room", "-", "--hours", "2", "--data", model.In("live", "data"), "--model", model.Path, "--out", path, "--save-top", top, "--save-room", kept, "--force");

        Assert.Equal(0, run.Status);
        Assert.Contains("ended after 1:19 of 2:00:00: what was heard counts", run.Error);
        AssertSameWeights(model.Path, path);

        // The word is the first of the highest moments, and its audio is kept.
        string highest = run.Lines[Array.FindIndex(run.Lines, line => line.StartsWith("The highest scores")) + 1];
        Assert.Matches(@"^ +[01]\.\d{3}  rise +1:1[01]  standard input$", highest);
        Assert.Contains(Directory.GetFiles(top), file => Path.GetFileName(file).StartsWith("01-rise-"));

        // So is, as asked, all that was heard: a minute and the rest.
        string[] minutes = [.. Directory.GetFiles(kept).Order()];
        Assert.Equal([60 * 16000, audio.Length - (60 * 16000)], minutes.Select(file => WavFile.ReadMono(file, 16000).Length));
    }

    [Fact]
    public void Calibrate_live_stores_no_audio_unless_asked()
    {
        string path = model.In("private", "private.safetensors");
        Directory.CreateDirectory(model.In("private"));

        CommandRun run = CommandRun.OfInput(SmallAudio.Raw(SmallAudio.Background(913, 61)), "calibrate", "--room", "-", "--model", model.Path, "--out", path, "--force");

        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Equal([path], Directory.GetFiles(model.In("private"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void Calibrate_report_has_what_was_chosen()
    {
        WriteRoom("report");
        string page = model.In("calibration.html");

        CommandRun run = CommandRun.Of([.. Arguments("report"), "--out", model.In("report.safetensors"), "--report", page, "--target-false-accepts-per-hour", "50"]);

        Assert.Equal((0, ""), (run.Status, run.Error));
        XElement html = EvaluateReportTests.Read(page);
        Assert.Contains("What was chosen", html.Descendants("h2").Select(heading => heading.Value));
        Assert.Contains("Settings and misses", html.Descendants("caption").Select(caption => caption.Value));
        XElement points = html.Descendants("table").Single(table => table.Element("caption")!.Value.StartsWith("Misses against false accepts"));
        Assert.Single(points.Descendants("tr"), row => row.Attribute("class")?.Value == "kept");
        Assert.NotEmpty(html.Descendants("audio"));
    }

    [Fact]
    public void Calibrate_of_nothing_is_bad_usage()
    {
        CommandRun.Of("calibrate", "--out", model.In("x.safetensors")).AssertFailed(2, "--room DIR", "--room mic", "--data DIR");
        CommandRun.Of("calibrate", "--room", model.In("background")).AssertFailed(2, "--out <file> is missing");
        CommandRun.Of("calibrate", "--room", "mic", model.In("background"), "--out", model.In("x.safetensors")).AssertFailed(2, "--room is mic", "or one of mic");
        CommandRun.Of("calibrate", "--room", model.In("background"), "--save-room", "x", "--out", model.In("x.safetensors")).AssertFailed(2, "--save-room", "--room mic");
        CommandRun.Of("calibrate", "--room", "mic", "--hours", "0", "--out", model.In("x.safetensors")).AssertFailed(2, "--hours is '0'");
    }

    [Fact]
    public void Calibrate_what_is_not_there_is_bad_input_and_writes_nothing()
    {
        string path = model.In("nothing-calibrated.safetensors");
        SmallAudio.Write(model.In("no-keyword-data", "other", "0.wav"), SmallAudio.Background(840, 1));

        CommandRun.Of("calibrate", "--room", "no-such-room", "--model", model.Path, "--out", path).AssertFailed(1, "no-such-room", "--room");
        CommandRun.Of("calibrate", "--room", model.In("background"), "--model", "no-such.safetensors", "--out", path).AssertFailed(1, "no-such.safetensors");
        CommandRun.Of("calibrate", "--room", model.In("background"), "--data", model.In("no-keyword-data"), "--model", model.Path, "--out", path).AssertFailed(1, "no clip of a keyword", "rise, sink");
        CommandRun.OfInput([], "calibrate", "--room", "-", "--model", model.Path, "--out", path).AssertFailed(1, "nothing was heard");
        CommandRun.OfStopped("calibrate", "--room", model.In("background"), "--model", model.Path, "--out", path).AssertFailed(1, "nothing is written");
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void Calibrate_of_a_short_room_prints_what_it_would_be_and_writes_no_model()
    {
        WriteRoom("short");
        string path = model.In("short.safetensors");

        CommandRun run = CommandRun.Of([.. Arguments("short"), "--out", path]);

        Assert.Equal(1, run.Status);
        Assert.Contains("hours of room are too few for 0.1 false accepts per hour; allowed: 0.5 hours or more", run.Error);
        Assert.Contains("the model is not written (--force writes it even so)", run.Error);
        Assert.Contains("The highest scores in the room", run.Output);
        Assert.False(File.Exists(path));
        CommandRun.OfInput([], "calibrate", "--room", "-", "--hours", "0.1", "--out", path).AssertFailed(2, "--hours is 0.1; allowed: 0.5 or more for 0.1 false accepts per hour");
    }

    [Fact]
    public void Calibrate_does_not_take_the_background_of_the_clips_for_the_room()
    {
        WriteRoom("lead");
        SmallAudio.Write(model.In("lead", "data", "_background_noise_", "0.wav"), SmallAudio.Background(903, 300));
        string path = model.In("lead.safetensors");

        CommandRun run = CommandRun.Of([.. Arguments("lead"), "--out", path, "--force"]);
        CommandRun same = CommandRun.Of("calibrate", "--room", model.In("lead", "data", "_background_noise_"), "--data", model.In("lead", "data"), "--model", model.Path, "--out", path, "--force");

        Assert.Contains("is heard before the clips, but is no part of the room", run.Error);
        Assert.Contains("false accepts in 0.02 hours of room", run.Output);
        Assert.Equal((0, ""), (same.Status, same.Error));
        Assert.Contains("false accepts in 0.08 hours of room", same.Output); // unless it is given as the room
    }

    [Fact]
    public void Calibrate_replaces_the_near_misses_of_the_model()
    {
        WriteRoom("near");
        string before = model.In("near-before.safetensors"), after = model.In("near-after.safetensors");
        SpotterModel old = SpotterModel.Load(model.Path);
        old.With(old.Detector with { NearMiss = [0.2f, 0.3f] }).Save(before, new Dictionary<string, string>(old.Network.Metadata));

        CommandRun run = CommandRun.Of([.. Arguments("near")[..^1], before, "--out", after, "--force"]);

        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Equal([0.2f, 0.3f], SpotterModel.Load(before).Detector.NearMiss);
        Assert.Null(SpotterModel.Load(after).Detector.NearMiss);
    }

    [Fact]
    public void Calibrate_finds_folders_and_files_that_are_none_before_it_replays()
    {
        WriteRoom("early");
        string path = model.In("early.safetensors"), file = model.In("early", "room", "0.wav"), broken = model.In("early", "room", "zz.wav");

        CommandRun.Of([.. Arguments("early"), "--out", path, "--save-top", file]).AssertFailed(1, file, "--save-top needs a folder");
        CommandRun.OfInput([], "calibrate", "--room", "-", "--model", model.Path, "--out", path, "--save-room", file).AssertFailed(1, file, "--save-room needs a folder");
        File.WriteAllText(broken, "no audio");
        CommandRun.Of([.. Arguments("early"), "--out", path, "--force"]).AssertFailed(1, "zz.wav");
        Assert.False(File.Exists(path));
    }

    private string[] Arguments(string name) => ["calibrate", "--room", model.In(name, "room"), "--data", model.In(name, "data"), "--model", model.Path];

    /// <summary>6 clips of each keyword and 2 x 31 s of a room.</summary>
    private void WriteRoom(string name)
    {
        for (int i = 0; i < 6; i++)
        {
            SmallAudio.Write(model.In(name, "data", SmallAudio.Rise, $"{i}.wav"), SmallAudio.Word(SmallAudio.Rise, 700 + i, out _));
            SmallAudio.Write(model.In(name, "data", SmallAudio.Sink, $"{i}.wav"), SmallAudio.Word(SmallAudio.Sink, 700 + i, out _));
        }

        SmallAudio.Write(model.In(name, "room", "0.wav"), SmallAudio.Background(901, 31));
        SmallAudio.Write(model.In(name, "room", "1.wav"), SmallAudio.Background(902, 31));
    }

    private static void AssertSameWeights(string expected, string actual)
    {
        SafeTensorsFile before = SafeTensorsFile.Read(expected), after = SafeTensorsFile.Read(actual);
        Assert.Equal(before.Tensors.Count, after.Tensors.Count);
        Assert.All(before.Tensors, tensor =>
        {
            Assert.True(after.TryGetTensor(tensor.Name, out SafeTensor? same));
            Assert.True(tensor.Data.Span.SequenceEqual(same!.Data.Span), tensor.Name);
        });
    }
}
