using System.Text.RegularExpressions;
using KeywordSpotter.Spotting;
using KeywordSpotter.Tuning;
using Seq.Embedded.Weights;

namespace KeywordSpotter.Tests.Commands;

/// <summary>The tiny model learns a third word.</summary>
public sealed class TuneTests(TrainedModel model)
{
    private const string Leap = "leap";

    [Fact]
    public void Tune_adds_a_keyword()
    {
        string path = model.In("tuned.safetensors");

        CommandRun run = CommandRun.Of([.. Task("tuned"), "--steps", "60", "--target-false-accepts-per-hour", "60", "--force"]);

        Assert.True(run.Status == 0, run.Output + run.Error);
        SpotterModel tuned = SpotterModel.Load(path), before = SpotterModel.Load(model.Path);
        Assert.Equal([SmallAudio.Rise, SmallAudio.Sink, Leap], tuned.Keywords);
        Assert.Equal(before.Detector.Thresholds, tuned.Detector.Thresholds.Take(2));
        Assert.Contains("--layers last", tuned.Network.Metadata["tuning.recipe"]);
        Assert.True(Regex.IsMatch(run.Output, @"leap, new +12 of 12 +\d+ of 12"), run.Output); // that it learns, the tests of kws enroll show
        Assert.Contains("rise, replayed", run.Output);
        Assert.Contains("MB for trainer, examples, clips and background; the program comes on top", run.Error);
    }

    [Theory]
    [InlineData("head", "dense gru")]
    [InlineData("last", "dense l0")]
    public void Tune_leaves_the_layers_below_as_they_are(string layers, string frozen)
    {
        string path = model.In($"{layers}.safetensors");

        CommandRun run = CommandRun.Of([.. Task(layers), "--steps", "2", "--layers", layers, "--force"]);

        Assert.Equal((0, ""), (run.Status, run.Status == 0 ? "" : run.Error));
        SafeTensorsFile before = SafeTensorsFile.Read(model.Path), after = SafeTensorsFile.Read(path);
        foreach (SafeTensor tensor in before.Tensors)
        {
            Assert.True(after.TryGetTensor(tensor.Name, out SafeTensor? same));
            bool isFrozen = frozen.Split(' ').Any(part => tensor.Name.Contains(part, StringComparison.Ordinal));
            Assert.Equal(isFrozen, same.Data.Length == tensor.Data.Length && same.Data.Span.SequenceEqual(tensor.Data.Span));
        }
    }

    [Fact]
    public void Outputs_that_are_inputs_are_bad_usage()
    {
        string clip = Directory.GetFiles(model.In("data"), "*.wav", SearchOption.AllDirectories)[0], replay = model.In("input.safetensors");
        File.WriteAllText(replay, "examples");

        CommandRun.Of("replay", "--data", model.In("data"), "--out", clip).AssertFailed(2, "--out", "--data", "allowed: another file");
        CommandRun.Of("tune", "--data", model.In("data"), "--out", clip).AssertFailed(2, "--out", "--data", "allowed: another file");
        CommandRun.Of("tune", "--data", model.In("data"), "--replay", replay, "--out", replay).AssertFailed(2, "--out", "--replay", "allowed: another file");
        Assert.Equal("examples", File.ReadAllText(replay));
        Assert.NotEqual(0, new FileInfo(clip).Length);
    }

    [Fact]
    public void Tune_gives_the_same_bytes_for_any_number_of_threads()
    {
        byte[] Tune(string name, string threads)
        {
            Assert.Equal(0, CommandRun.Of([.. Task(name), "--steps", "4", "--threads", threads, "--force"]).Status);
            return File.ReadAllBytes(model.In($"{name}.safetensors"));
        }

        Assert.Equal(Tune("tuned-1", "1"), Tune("tuned-3", "3"));
    }

    [Fact]
    public void Tune_that_makes_it_worse_writes_nothing_unless_forced()
    {
        // A few steps at a rate that ruins the model.
        string[] task = [.. Task("ruined"), "--steps", "12", "--learning-rate", "1", "--distillation", "0"];

        CommandRun run = CommandRun.Of(task);

        Assert.Equal(1, run.Status);
        Assert.Contains("nothing is written (--force", run.Error);
        Assert.False(File.Exists(model.In("ruined.safetensors")));
        Assert.Equal(0, CommandRun.Of([.. task, "--force"]).Status);
        Assert.True(File.Exists(model.In("ruined.safetensors")));
    }

    [Fact]
    public void Tune_stopped_before_it_begins_saves_nothing()
    {
        CommandRun.OfStopped(Task("stopped-tune")).AssertEndedBadly("nothing is saved");

        Assert.False(File.Exists(model.In("stopped-tune.safetensors")));
    }

    [Fact]
    public void Tune_without_replay_says_what_may_be_forgotten()
    {
        string[] task = Task("forgetful");
        File.Copy(model.Path, model.In("tune-alone.safetensors"));
        string[] brief = ["--steps", "1", "--force"];

        CommandRun none = CommandRun.Of([.. task[..^1], "none", .. brief]);
        CommandRun alone = CommandRun.Of([.. task[..^2].Select(word => word == model.Path ? model.In("tune-alone.safetensors") : word), .. brief]); // the bundled examples are of other keywords
        CommandRun replayed = CommandRun.Of([.. task, .. brief]);

        Assert.Equal((0, 0, 0), (none.Status, alone.Status, replayed.Status));
        Assert.All((CommandRun[])[none, alone], run => Assert.All((string[])[SmallAudio.Rise, SmallAudio.Sink], keyword => Assert.Contains($"{keyword}: may be forgotten", run.Error)));
        Assert.DoesNotContain("may be forgotten", replayed.Error);
    }

    [Fact]
    public void Tune_reads_what_was_reviewed()
    {
        string reviewed = model.In("reviewed");
        for (int i = 0; i < 4; i++)
        {
            SmallAudio.Write(Path.Combine(reviewed, "positive", SmallAudio.Rise, $"{i}.wav"), SmallAudio.Word(SmallAudio.Rise, 500 + i, out _));
            SmallAudio.Write(Path.Combine(reviewed, "negative", $"{i}.wav"), SmallAudio.Background(500 + i, 2));
        }

        string[] task = ["tune", "--reviewed", reviewed, .. Task("reviewed-model")[5..]];
        CommandRun run = CommandRun.Of([.. task, "--steps", "2", "--force"]);

        Assert.True(run.Status == 0, run.Error);
        Assert.Contains("rise 4+0; running background 4+0", run.Error);
        CommandRun.Of([.. task, "--data", reviewed]).AssertFailed(2, "--data and --reviewed");
        CommandRun.Of(["tune", .. task[3..]]).AssertFailed(2, "no clips");
        CommandRun.Of(["tune", "--reviewed", model.In("data"), .. task[3..]]).AssertFailed(1, "positive", "kws review");
    }

    [Fact]
    public void Tune_of_weights_of_8_bits_is_bad_input()
    {
        string path = model.In("tune-int8.safetensors");
        CommandRun.Of("quantize", "--model", model.Path, "--out", path);

        CommandRun.Of("tune", "--data", model.In("data"), "--model", path, "--out", model.In("x.safetensors")).AssertFailed(1, "tune-int8", "8 bits", "allowed");
    }

    [Theory]
    [InlineData("--layers", "middle", "head, last, all")]
    [InlineData("--steps", "0", "allowed")]
    [InlineData("--folds", "1", "allowed")]
    public void Tune_option_out_of_range_is_bad_usage(string option, string value, string allowed) =>
        CommandRun.Of("tune", "--data", model.In("data"), "--out", model.In("unused.safetensors"), option, value).AssertFailed(2, option, allowed);

    [Fact]
    public void Tune_replay_that_is_missing_is_bad_input() =>
        CommandRun.Of([.. Task("unused")[..^1], "no-such-file"]).AssertFailed(1, "no-such-file");

    [Fact]
    public void Replay_gives_the_same_file_for_any_number_of_threads()
    {
        string[] task = ["replay", "--data", model.In("data"), "--background", model.In("background"), "--examples", "6", "--seconds", "1"];

        Assert.Equal(0, CommandRun.Of([.. task, "--threads", "1", "--out", model.In("r1.safetensors")]).Status);
        Assert.Equal(0, CommandRun.Of([.. task, "--threads", "3", "--out", model.In("r3.safetensors")]).Status);

        Assert.Equal(File.ReadAllBytes(model.In("r1.safetensors")), File.ReadAllBytes(model.In("r3.safetensors")));
        Assert.Equal(6, ReplaySet.Load(model.In("r1.safetensors")).Count);
    }

    private string[] Task(string name)
    {
        string data = model.In("leaps");
        for (int i = 0; i < 12 && !File.Exists(Path.Combine(data, Leap, "11.wav")); i++)
        {
            SmallAudio.Write(Path.Combine(data, Leap, $"{i}.wav"), SmallAudio.Leap(i));
        }

        return
        [
            "tune", "--data", data, "--background", model.In("background"), "--model", model.Path, "--out", model.In($"{name}.safetensors"), "--batch", "8", "--folds", "2",
            "--replay", model.Replay,
        ];
    }
}
