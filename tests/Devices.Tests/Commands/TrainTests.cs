using System.Text.Json;
using KeywordSpotter.Spotting;

namespace KeywordSpotter.Tests.Commands;

public sealed class TrainTests(TrainedModel model)
{
    [Fact]
    public void Train_reports_each_epoch_and_the_saved_file()
    {
        CommandRun run = model.Training;

        Assert.Equal(0, run.Status);
        string[] progress = run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(14, progress.Length);
        Assert.Matches(@"^memory: \d+\.\d MB for the trainer, \d+\.\d MB for examples, \d+\.\d MB for audio", progress[0]);
        Assert.StartsWith("clips for training+validation: rise 18+2, sink 18+2", progress[1]);
        Assert.All(progress[2..], line => Assert.Matches(@"^epoch \d+/12  loss \d+\.\d+  missed .* false accepts \d+ in .* accuracy .* threshold .* \d+:\d\d left", line));
        Assert.StartsWith(model.Path, Assert.Single(run.Lines));
    }

    [Fact]
    public void Train_saves_labels_and_settings_with_the_weights()
    {
        SpotterModel loaded = SpotterModel.Load(model.Path);

        Assert.Equal([SmallAudio.Rise, SmallAudio.Sink], loaded.Keywords);
        Assert.Equal("""["background","rise","sink"]""", loaded.Network.Metadata[SpotterModel.LabelsKey]);
        Assert.Equal([6], loaded.Detector.SmoothingSteps);
        Assert.All(loaded.Detector.Thresholds, threshold => Assert.InRange(threshold, 0.1f, 0.99f));
        Assert.Contains("--epochs 12", loaded.Network.Metadata["training.recipe"]);
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
    public void Train_stopped_after_an_epoch_keeps_it()
    {
        using var stop = new CancellationTokenSource();
        string path = model.In("stopped.safetensors");
        using var error = new StoppingWriter("epoch 1/", stop);

        int status = Program.Run([.. Brief(path), "--epochs", "50"], () => Stream.Null, TextWriter.Null, error, stop.Token);

        Assert.Equal(0, status);
        Assert.Equal([SmallAudio.Rise, SmallAudio.Sink], SpotterModel.Load(path).Keywords);
        Assert.DoesNotContain("epoch 3/", error.ToString());
    }

    [Fact]
    public void Train_stopped_before_the_first_epoch_saves_nothing()
    {
        string path = model.In("nothing.safetensors");

        CommandRun run = CommandRun.OfStopped(Brief(path));

        run.AssertFailed(1, "nothing is saved");
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void Train_without_validation_keeps_the_last_epoch()
    {
        string path = model.In("unvalidated.safetensors");

        CommandRun run = CommandRun.Of([.. Brief(path), "--epochs", "2", "--validation", "0"]);

        Assert.Equal(0, run.Status);
        Assert.Contains("epoch 2", run.Output);
        Assert.Equal(0.5f, SpotterModel.Load(path).Detector.Thresholds[0]);
    }

    [Fact]
    public void Train_takes_a_background_folder_inside_data()
    {
        string data = model.In("inside");
        SmallAudio.Write(Path.Combine(data, "up", "0.wav"), SmallAudio.Word(SmallAudio.Rise, 0, out _));
        SmallAudio.Write(Path.Combine(data, "up", "1.wav"), SmallAudio.Word(SmallAudio.Rise, 1, out _));
        SmallAudio.Write(Path.Combine(data, "_background_noise_", "0.wav"), SmallAudio.Background(7, 6));
        string path = model.In("inside.safetensors");

        CommandRun run = CommandRun.Of("train", "--data", data, "--out", path, "--epochs", "1", "--steps", "1", "--batch", "4", "--seconds", "1.2");

        Assert.Equal(0, run.Status);
        Assert.Equal(["up"], SpotterModel.Load(path).Keywords);
    }

    [Fact]
    public void Train_missing_data_folder_is_bad_input() =>
        Train(data: "no-such-folder").AssertFailed(1, "no-such-folder", "--data");

    [Fact]
    public void Train_data_folder_without_folders_is_bad_input() =>
        Train(data: model.In("background")).AssertFailed(1, "holds no folders");

    [Fact]
    public void Train_keyword_folder_without_wavs_is_bad_input()
    {
        Directory.CreateDirectory(model.In("empty", "word"));

        Train(data: model.In("empty")).AssertFailed(1, "word", "no WAV files");
    }

    [Fact]
    public void Train_keyword_with_one_clip_is_bad_input()
    {
        SmallAudio.Write(model.In("single", "word", "0.wav"), SmallAudio.Word(SmallAudio.Rise, 0, out _));

        Train(data: model.In("single")).AssertFailed(1, "word", "holds 1 WAV file", "at least 2");
    }

    [Fact]
    public void Train_damaged_clip_is_bad_input_that_names_it()
    {
        SmallAudio.Write(model.In("hurt", "word", "0.wav"), SmallAudio.Word(SmallAudio.Rise, 0, out _));
        File.WriteAllBytes(model.In("hurt", "word", "1.wav"), [1, 2, 3]);

        Train(data: model.In("hurt")).AssertFailed(1, "1.wav");
    }

    [Fact]
    public void Train_missing_background_folder_is_bad_input() =>
        Train(background: "no-such-background").AssertFailed(1, "no-such-background", "--background");

    [Fact]
    public void Train_without_background_is_bad_input() =>
        CommandRun.Of("train", "--data", model.In("data"), "--out", model.In("x.safetensors")).AssertFailed(1, "--background");

    [Fact]
    public void Train_unwritable_output_is_found_before_training() =>
        Train(output: model.In("no-folder", "x.safetensors")).AssertFailed(1, "no-folder");

    [Fact]
    public void Train_output_that_is_a_folder_is_bad_input() =>
        Train(output: model.In("data")).AssertFailed(1, "is a folder");

    [Fact]
    public void Train_output_that_is_a_device_is_bad_input() =>
        Train(output: "/dev/null").AssertFailed(1, "/dev/null", "is a device");

    [Theory]
    [InlineData("--out", "")]
    [InlineData("--data", "")]
    [InlineData("--background", "")]
    [InlineData("--mix", "")]
    public void Train_empty_text_is_bad_usage(string option, string value) =>
        CommandRun.Of(["train", .. new[] { "--data", "d", "--background", "b", "--out", "o", "--mix", "run=1" }.Chunk(2)
            .SelectMany(pair => pair[0] == option ? [option, value] : pair)]).AssertFailed(2, option, "not empty");

    [Fact]
    public void Train_one_speaker_only_is_told()
    {
        for (int i = 0; i < 4; i++)
        {
            SmallAudio.Write(model.In("alone", "up", $"me_nohash_{i}.wav"), SmallAudio.Word(SmallAudio.Rise, i, out _));
        }

        CommandRun run = CommandRun.Of(
            "train", "--data", model.In("alone"), "--background", model.In("background"), "--out", model.In("alone.safetensors"),
            "--epochs", "1", "--steps", "1", "--batch", "4", "--seconds", "1.2");

        Assert.Equal(0, run.Status);
        Assert.Contains("up: all clips are of one speaker", run.Error);
        Assert.Contains("up 3+1", run.Error);
    }

    [Fact]
    public void Train_without_required_options_is_bad_usage() =>
        CommandRun.Of("train", "--out", "x").AssertFailed(2, "--data");

    [Theory]
    [InlineData("--epochs", "0")]
    [InlineData("--batch", "many")]
    [InlineData("--validation", "0.9")]
    [InlineData("--mix", "voice=1")]
    [InlineData("--mix", "keyword=0")]
    [InlineData("--snr-min", "60")]
    public void Train_option_out_of_range_is_bad_usage(string option, string value) =>
        CommandRun.Of("train", "--data", model.In("data"), "--background", model.In("background"), "--out", model.In("x.safetensors"), option, value)
            .AssertFailed(2, option, "allowed");

    private CommandRun Train(string? data = null, string? background = null, string? output = null) =>
        CommandRun.Of("train", "--data", data ?? model.In("data"), "--background", background ?? model.In("background"), "--out", output ?? model.In("x.safetensors"));

    private string[] Brief(string path) =>
        ["train", "--data", model.In("data"), "--background", model.In("background"), model.In("words"), "--out", path, "--steps", "2", "--batch", "6", "--seconds", "1.2"];

    private byte[] TrainBriefly(string name, params string[] more)
    {
        CommandRun run = CommandRun.Of([.. Brief(model.In(name)), "--epochs", "3", "--mine", "1", "--noise", model.In("background"), .. more]);
        Assert.Equal(0, run.Status);
        SpotterModel trained = SpotterModel.Load(model.In(name));
        using var stream = new MemoryStream();
        foreach (var tensor in Seq.Embedded.Weights.SafeTensorsFile.Read(model.In(name)).Tensors)
        {
            stream.Write(tensor.Data.Span);
        }

        Assert.Equal(2, trained.Keywords.Count);
        return stream.ToArray();
    }

    /// <summary>Asks the program to stop when a text is written.</summary>
    private sealed class StoppingWriter(string text, CancellationTokenSource stop) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.Contains(text, StringComparison.Ordinal) == true)
            {
                stop.Cancel();
            }
        }
    }
}
