using System.Text.RegularExpressions;
using KeywordSpotter.Spotting;
using KeywordSpotter.Tuning;

namespace KeywordSpotter.Tests.Commands;

/// <summary>The tiny model learns a third word from a few recordings of it.</summary>
public sealed class EnrollTests(TrainedModel model)
{
    private const string Leap = "hey leap";

    [Fact]
    public void Enroll_adds_a_keyword_and_keeps_the_old_ones_and_examples_of_the_new_one()
    {
        string path = model.In("enrolled.safetensors");

        CommandRun run = CommandRun.Of([.. Task("enrolled"), "--steps", "200", "--target-false-accepts-per-hour", "60", "--force"]);

        Assert.True(run.Status == 0, run.Output + run.Error);
        SpotterModel enrolled = SpotterModel.Load(path), before = SpotterModel.Load(model.Path);
        Assert.Equal([SmallAudio.Rise, SmallAudio.Sink, Leap], enrolled.Keywords);
        Assert.Equal(before.Detector.Thresholds, enrolled.Detector.Thresholds.Take(2));
        Assert.Contains("--layers last", enrolled.Network.Metadata["tuning.recipe"]);
        Assert.StartsWith($"kws enroll \"{Leap}\" ", enrolled.Network.Metadata["version.maker"]);
        Assert.Equal(before.Network.Metadata["training.recipe"], enrolled.Network.Metadata["training.recipe"]);
        Assert.True(Regex.IsMatch(run.Output, @"hey leap, new +8 of 8 +[0-3] of 8"), run.Output);
        Assert.Matches(@"hey leap: threshold 0\.\d+, about \d+\.\d+ false accepts per hour", run.Output);
        ReplaySet replay = ReplaySet.Load(model.In("enrolled.replay.safetensors"));
        Assert.Equal(enrolled.Keywords, replay.Keywords);
        Assert.Equal(8 * 4, Enumerable.Range(0, replay.Count).Count(example => replay.GetLabel(example) == 3));
        Assert.Contains("private", run.Error);

        // A second word is learned with the first one replayed.
        CommandRun second = CommandRun.Of(
            ["enroll", "another", "--clips", Clips(), "--model", path, "--out", path, "--batch", "8", "--folds", "2", "--steps", "2", "--no-examples", "--force"]);
        Assert.True(second.Status == 0, second.Error);
        Assert.Contains($"{Leap}, replayed", second.Output);
        Assert.DoesNotContain("may be forgotten", second.Error);
        Assert.Equal([Leap, "another"], SpotterModel.Load(path).Keywords.Skip(2));
        Assert.False(ReplaySet.Load(model.In("enrolled.replay.safetensors")).Covers("another"));
        Assert.Equal(2, Directory.GetFiles(path + ".versions").Length);
        Assert.Equal(0, CommandRun.Of("models", path, "--roll-back").Status);
        Assert.Equal([SmallAudio.Rise, SmallAudio.Sink, Leap], SpotterModel.Load(path).Keywords);
    }

    [Fact]
    public void Enroll_from_an_input_records_what_is_said_and_keeps_it()
    {
        string recording = model.In("said.wav"), kept = model.In("kept-clips");
        SmallAudio.Write(recording, [.. Enumerable.Range(0, 6).SelectMany(i => (float[])[.. new float[12_000], .. SmallAudio.Leap(i)])]);

        CommandRun run = CommandRun.Of(
            ["enroll", Leap, "--clips", recording, "--count", "5", "--keep", kept, .. Common("recorded"), "--steps", "2", "--force"]);

        Assert.True(run.Status == 0, run.Error);
        Assert.Contains("5 of 5: say \"hey leap\"", run.Error);
        Assert.Equal(["001.wav", "002.wav", "003.wav", "004.wav", "005.wav"], Directory.GetFiles(kept).Select(Path.GetFileName).Order());
        Assert.Contains($"{Leap} 5+0", run.Error);
    }

    [Fact]
    public void Enroll_that_learns_nothing_writes_nothing()
    {
        CommandRun run = CommandRun.Of([.. Task("nothing-learned"), "--steps", "1", "--learning-rate", "0.000001"]);

        Assert.Equal(1, run.Status);
        Assert.Contains("nothing is written (--force", run.Error);
        Assert.False(File.Exists(model.In("nothing-learned.safetensors")) || File.Exists(model.In("nothing-learned.replay.safetensors")));
    }

    [Fact]
    public void Enroll_of_what_cannot_be_is_refused()
    {
        string few = model.In("few-clips");
        for (int i = 0; i < 4; i++)
        {
            SmallAudio.Write(Path.Combine(few, $"{i}.wav"), SmallAudio.Leap(i));
        }

        string[] common = [.. Common("refused"), "--steps", "1"];
        CommandRun.Of(["enroll", Leap, "--clips", few, .. common]).AssertFailed(1, "few-clips", "4 WAV files", "at least 5");
        CommandRun.Of(["enroll", SmallAudio.Rise, "--clips", Clips(), .. common]).AssertFailed(1, SmallAudio.Rise, "already", "kws tune");
        CommandRun.Of(["enroll", "--clips", Clips(), .. common]).AssertFailed(2, "keyword is missing");
        CommandRun.Of(["enroll", " ", "--clips", Clips(), .. common]).AssertFailed(2, "' '");
        CommandRun.Of(["enroll", Leap, "--clips", Clips(), "--keep", few, .. common]).AssertFailed(2, "--keep");
        CommandRun.Of(["enroll", Leap, "--clips", model.In("no-such-file.wav"), .. common]).AssertEndedBadly("no-such-file.wav");
        string clip = Directory.GetFiles(Clips())[0];
        CommandRun.Of(["enroll", Leap, "--clips", Clips(), "--out", clip]).AssertFailed(2, "--out", "--clips", "allowed: another file");
    }

    [Fact]
    public void Enroll_stopped_before_it_begins_saves_nothing()
    {
        CommandRun.OfStopped(Task("stopped-enrolment")).AssertEndedBadly("nothing is saved");

        Assert.False(File.Exists(model.In("stopped-enrolment.safetensors")));
    }

    private string Clips()
    {
        string folder = model.In("enroll-clips");
        lock (model)
        {
            for (int i = 0; i < 8 && !File.Exists(Path.Combine(folder, "7.wav")); i++)
            {
                SmallAudio.Write(Path.Combine(folder, $"{i}.wav"), SmallAudio.Leap(i));
            }
        }

        return folder;
    }

    private string[] Common(string name) =>
        ["--model", model.Path, "--out", model.In($"{name}.safetensors"), "--batch", "8", "--folds", "2", "--replay", model.Replay];

    private string[] Task(string name) => ["enroll", Leap, "--clips", Clips(), .. Common(name)];
}
