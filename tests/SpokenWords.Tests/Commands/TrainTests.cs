using Seq.Embedded.Weights;

namespace SpokenWords.Tests.Commands;

public sealed class TrainTests(TrainedWords model)
{
    [Fact]
    public void Train_reports_each_epoch_and_the_saved_file()
    {
        CommandRun run = model.Training;

        Assert.Equal(0, run.Status);
        string[] progress = run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("40 clips of 5 speakers, 0 extra clips, 1 noise recordings; words: rise, sink", progress[0]);
        Assert.Equal(9, progress.Length);
        Assert.All(progress[1..], line => Assert.Matches(@"^epoch \d/8  loss \d+\.\d+", line));
        Assert.Equal(model.Path, Assert.Single(run.Lines));
    }

    [Fact]
    public void Train_is_certain_of_speakers_it_never_heard()
    {
        CommandRun measured = CommandRun.Of("evaluate", "--data", model.In("others"), "--model", model.Path);
        CommandRun classified = CommandRun.Of("classify", model.In("others", SmallAudio.Sink), "--model", model.Path);

        Assert.StartsWith("accuracy  100.0 %  (24 of 24 clips, 3 speakers; mean of the speakers 100.0 %;", measured.Output);
        Assert.Equal(12, classified.Lines.Length);
        Assert.All(classified.Lines, line => Assert.Matches(@"_\d\.wav  sink  (0\.9\d|1\.00)$", line));
    }

    [Fact]
    public void Train_saves_words_front_end_and_recipe_with_the_weights()
    {
        SafeTensorsFile file = SafeTensorsFile.Read(model.Path);

        Assert.Equal("""["rise","sink"]""", file.Metadata["seq.labels"]);
        Assert.Equal("0.8", file.Metadata["words.seconds"]);
        Assert.Contains("--epochs 8 --steps 12 --batch 16", file.Metadata["training.recipe"]);
        Assert.StartsWith("40 clips of 5 speakers", file.Metadata["training.data"]);
    }

    [Fact]
    public void Train_gives_the_same_weights_for_any_number_of_threads()
    {
        byte[] one = TrainBriefly("one.safetensors", "--threads", "1");
        byte[] three = TrainBriefly("three.safetensors", "--threads", "3");
        byte[] other = TrainBriefly("other.safetensors", "--threads", "3", "--seed", "1");

        Assert.Equal(one, three);
        Assert.NotEqual(one, other);
    }

    [Fact]
    public void Train_folds_test_each_speaker_once()
    {
        CommandRun run = CommandRun.Of("train", "--data", model.In("data"), "--folds", "5", "--epochs", "1", "--steps", "2", "--batch", "8", "--seconds", "0.8");

        Assert.Equal(0, run.Status);
        Assert.Contains("of 40 clips, 5 speakers;", run.Lines[0]);
        foreach (string speaker in (string[])["ann", "bob", "cid", "dot", "eve"])
        {
            Assert.Contains($"without {speaker}: ", run.Error);
            Assert.Matches($@"(?m)^{speaker}  \d+\.\d %  \(\d of 8\)$", run.Output);
        }
    }

    [Fact]
    public void Train_holds_back_the_speakers_of_a_range()
    {
        CommandRun run = CommandRun.Of(
            "train", "--data", model.In("data"), "--extra", model.In("others"), "--out", model.In("held.safetensors"), "--hold-out", "0-50",
            "--epochs", "1", "--steps", "1", "--batch", "8", "--seconds", "0.8");

        // ann 13, bob 77, cid 1, dot 73, eve 45
        Assert.Equal(0, run.Status);
        Assert.StartsWith("16 clips of 2 speakers, 24 extra clips", run.Error);
        Assert.EndsWith("--hold-out 0-50", SafeTensorsFile.Read(model.In("held.safetensors")).Metadata["training.recipe"]);
    }

    [Fact]
    public void Train_stopped_saves_nothing()
    {
        string path = model.In("nothing.safetensors");

        CommandRun.OfStopped(model.Brief(path)).AssertFailed(1, "nothing is saved");

        Assert.False(File.Exists(path));
    }

    [Fact]
    public void Train_stopped_keeps_the_last_complete_epoch()
    {
        string path = model.In("stopped.safetensors");

        CommandRun run = CommandRun.OfStoppedAt("epoch 2/4", [.. model.Brief(path), "--epochs", "4"]);

        Assert.Equal((0, $"{path}: stopped; epoch 2 of 4 is kept"), (run.Status, Assert.Single(run.Lines)));
        Assert.Equal("epoch 2", SafeTensorsFile.Read(path).Metadata["training.result"]);
        Assert.Equal(2, WordClassifier.Load(path).Words.Count);
    }

    [Fact]
    public void Train_stopped_reports_the_folds_that_are_done()
    {
        CommandRun run = CommandRun.OfStoppedAt(
            "without ", "train", "--data", model.In("data"), "--folds", "5", "--epochs", "1", "--steps", "2", "--batch", "8", "--seconds", "0.8");

        Assert.Equal(1, run.Status);
        Assert.Contains("stopped after 1 of 5 folds", run.Error);
        Assert.Contains("of 8 clips, 1 speakers", run.Output);
    }

    [Fact]
    public void Train_missing_data_folder_is_bad_input() =>
        CommandRun.Of("train", "--data", "no-such-folder", "--folds", "2").AssertFailed(1, "no-such-folder", "--data");

    [Fact]
    public void Train_one_word_is_bad_input()
    {
        SmallAudio.Write(model.In("single", "word", "a_0.wav"), SmallAudio.Word(SmallAudio.Rise, 0, out _));

        CommandRun.Of("train", "--data", model.In("single"), "--folds", "2").AssertFailed(1, "holds 1 folder of words", "at least 2");
    }

    [Fact]
    public void Train_damaged_clip_is_bad_input_that_names_it()
    {
        SmallAudio.Write(model.In("hurt", "one", "a_0.wav"), SmallAudio.Word(SmallAudio.Rise, 0, out _));
        Directory.CreateDirectory(model.In("hurt", "two"));
        File.WriteAllBytes(model.In("hurt", "two", "a_1.wav"), [1, 2, 3]);

        CommandRun.Of("train", "--data", model.In("hurt"), "--folds", "2").AssertFailed(1, "a_1.wav");
    }

    [Fact]
    public void Train_extra_clips_of_another_word_are_bad_input()
    {
        SmallAudio.Write(model.In("more", "fall", "a_0.wav"), SmallAudio.Word(SmallAudio.Rise, 0, out _));

        CommandRun.Of("train", "--data", model.In("data"), "--extra", model.In("more"), "--folds", "2").AssertFailed(1, "fall", "--extra", "rise, sink");
    }

    [Fact]
    public void Train_more_folds_than_speakers_is_bad_input()
    {
        CommandRun run = CommandRun.Of("train", "--data", model.In("data"), "--folds", "6");

        Assert.Equal(1, run.Status);
        Assert.Contains("--folds is 6; allowed: at most 5, the number of speakers", run.Error);
    }

    [Fact]
    public void Train_unwritable_output_is_found_before_training() =>
        CommandRun.Of(model.Brief(model.In("no-folder", "x.safetensors"))).AssertFailed(1, "no-folder");

    [Theory]
    [InlineData("data")]
    [InlineData("noise")]
    public void Train_into_a_clip_of_its_folders_is_bad_usage(string folder)
    {
        string clip = Directory.GetFiles(model.In(folder), "*.wav", SearchOption.AllDirectories)[0];
        byte[] before = File.ReadAllBytes(clip);

        CommandRun.Of([.. model.Brief(clip), "--noise", model.In("noise")]).AssertFailed(2, "--out", $"--{folder}", "allowed: another file");

        Assert.Equal(before, File.ReadAllBytes(clip));
    }

    [Fact]
    public void Train_with_nothing_to_do_is_bad_usage() =>
        CommandRun.Of("train", "--data", model.In("data")).AssertFailed(2, "--out", "--folds");

    [Theory]
    [InlineData("--folds", "1")]
    [InlineData("--hold-out", "20-10")]
    [InlineData("--hold-out", "0-101")]
    [InlineData("--features", "mfcc")]
    [InlineData("--epochs", "0")]
    [InlineData("--rate", "fast")]
    [InlineData("--snr-min", "60")]
    public void Train_option_out_of_range_is_bad_usage(string option, string value) =>
        CommandRun.Of("train", "--data", model.In("data"), "--out", model.In("x.safetensors"), option, value).AssertFailed(2, option, "allowed");

    private byte[] TrainBriefly(string name, params string[] more)
    {
        CommandRun run = CommandRun.Of([.. model.Brief(model.In(name)), "--epochs", "1", "--noise", model.In("noise"), .. more]);
        Assert.Equal(0, run.Status);
        using var stream = new MemoryStream();
        foreach (SafeTensor tensor in SafeTensorsFile.Read(model.In(name)).Tensors)
        {
            stream.Write(tensor.Data.Span);
        }

        return stream.ToArray();
    }
}
