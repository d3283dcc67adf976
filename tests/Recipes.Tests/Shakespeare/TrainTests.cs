using System.Globalization;
using Seq.Embedded.Weights;

namespace Recipes.Tests.Shakespeare;

public sealed class TrainTests(TrainedText text)
{
    [Fact]
    public void Train_loss_falls_on_all_parts()
    {
        CommandRun run = text.Training;

        Assert.Equal(0, run.Status);
        Assert.Equal(7, run.Progress.Length);
        Assert.StartsWith("characters for training+validation+test: ", run.Progress[0]);
        Assert.All(run.Progress[1..], line => Assert.Matches(@"^epoch \d/6  loss \d\.\d{4}  validation \d\.\d{4}  [\d,]+ characters/s  \d+:\d\d left(  \*)?$", line));
        Assert.True(Figure(run.Progress[^1], "loss") < 0.6 * Figure(run.Progress[1], "loss"), run.Error);
        Assert.True(Figure(run.Progress[^1], "validation") < 0.8, run.Error); // about 0.2 is what nobody can foretell
        Assert.Matches(@"model\.safetensors: epoch \d  validation \d\.\d{4}  test \d\.\d{4} nats per character, perplexity \d\.\d{3}$", Assert.Single(run.Lines));
        Assert.True(Figure(run.Lines[0], "test") < 0.8, run.Output);
    }

    [Fact]
    public void Train_saves_vocabulary_and_recipe_with_the_weights()
    {
        SafeTensorsFile file = SafeTensorsFile.Read(text.ModelPath);

        Assert.Equal("character", file.Metadata["vocabulary.unit"]);
        Assert.Contains("--size small --epochs 6 --lanes 8 --steps 16 --learning-rate 0.02", file.Metadata["training.recipe"]);
        Assert.StartsWith("epoch ", file.Metadata["training.result"]);
    }

    [Fact]
    public void Train_gives_the_same_weights_for_any_number_of_threads()
    {
        Assert.Equal(0, text.Train("one.safetensors", "--epochs", "1", "--threads", "1").Status);
        Assert.Equal(0, text.Train("three.safetensors", "--epochs", "1", "--threads", "3").Status);
        Assert.Equal(0, text.Train("other.safetensors", "--epochs", "1", "--threads", "3", "--seed", "1").Status);

        Assert.Equal(File.ReadAllBytes(text.In("one.safetensors")), File.ReadAllBytes(text.In("three.safetensors")));
        Assert.NotEqual(File.ReadAllBytes(text.In("one.safetensors")), File.ReadAllBytes(text.In("other.safetensors")));
    }

    [Fact]
    public void Train_without_held_out_parts_keeps_the_last_epoch()
    {
        CommandRun run = text.Train("all.safetensors", "--epochs", "2", "--validation", "0", "--test", "0");

        Assert.Equal(0, run.Status);
        Assert.EndsWith("all.safetensors: epoch 2", Assert.Single(run.Lines));
    }

    [Fact]
    public void Train_large_network_is_known_by_its_file()
    {
        string path = text.In("large.safetensors");
        CommandRun run = CommandRun.Shakespeare(
            "train", "--text", text.Write("short.txt", TrainedText.MakeText(20)), "--out", path, "--size", "large",
            "--epochs", "1", "--lanes", "2", "--steps", "8", "--validation", "0", "--test", "0");

        Assert.Equal(0, run.Status);
        CommandRun.Shakespeare("sample", "--model", path, "--length", "5").AssertDone();
    }

    [Fact]
    public void Train_stopped_before_the_first_epoch_saves_nothing()
    {
        CommandRun run = CommandRun.StoppedShakespeare("train", "--text", text.TextPath, "--out", text.In("nothing.safetensors"));

        Assert.Equal(1, run.Status);
        Assert.Contains("nothing is saved", run.Progress[^1]);
        Assert.False(File.Exists(text.In("nothing.safetensors")));
    }

    [Fact]
    public void Train_missing_text_is_bad_input() => Train("no-such.txt").AssertFailed(1, "no-such.txt: no such text file");

    [Fact]
    public void Train_folder_is_bad_input() => Train(text.Root).AssertFailed(1, "is a folder");

    [Fact]
    public void Train_empty_text_is_bad_input() => Train(text.Write("empty.txt", "")).AssertFailed(1, "empty.txt: is empty");

    [Fact]
    public void Train_short_text_is_bad_input() => Train(text.Write("word.txt", "word")).AssertFailed(1, "lanes", "need more than");

    [Fact]
    public void Train_bytes_that_are_no_text_are_bad_input()
    {
        File.WriteAllBytes(text.In("bytes.txt"), [0x61, 0xFF, 0xFE, 0x62]);

        Train(text.In("bytes.txt")).AssertFailed(1, "bytes.txt: is no UTF-8 text");
    }

    [Fact]
    public void Train_into_its_text_is_bad_usage_through_links_as_well()
    {
        string path = text.Write("kept.txt", "words");
        Directory.CreateSymbolicLink(text.In("linked-folder"), text.Root);
        File.CreateSymbolicLink(text.In("linked.txt"), "kept.txt");
        foreach (string output in (string[])[path, Path.GetRelativePath(".", path), text.In("linked.txt"), text.In("linked-folder/linked.txt")])
        {
            CommandRun.Shakespeare("train", "--text", path, "--out", output).AssertFailed(2, "--out", output, "--text", "allowed: another file");
        }

        CommandRun.Shakespeare("train", "--text", text.In("linked-folder/kept.txt"), "--out", path).AssertFailed(2, "--text");
        Assert.Equal("words", File.ReadAllText(path));
    }

    [Fact]
    public void Train_unwritable_output_is_found_before_training() =>
        CommandRun.Shakespeare("train", "--text", text.TextPath, "--out", text.In("no-folder/x.safetensors")).AssertFailed(1, "no-folder");

    [Theory]
    [InlineData("--size", "huge", "allowed: small, large")]
    [InlineData("--epochs", "0", "allowed: a whole number from 1")]
    [InlineData("--validation", "0.6", "allowed: 0 to 0.5")]
    public void Train_option_out_of_range_is_bad_usage(string option, string value, string allowed) =>
        CommandRun.Shakespeare("train", "--text", text.TextPath, "--out", text.In("x.safetensors"), option, value).AssertFailed(2, option, value, allowed);

    [Theory]
    [InlineData("train")]
    [InlineData("sing")]
    [InlineData("sample", "--loud")]
    [InlineData("perplexity")]
    public void Wrong_words_are_bad_usage(params string[] words) => CommandRun.Shakespeare(words).AssertFailed(2, "(see shakespeare ");

    private CommandRun Train(string path) => CommandRun.Shakespeare("train", "--text", path, "--out", text.In("x.safetensors"));

    private static double Figure(string line, string name) =>
        double.Parse(line.Split($"  {name} ")[1].Split(' ')[0], CultureInfo.InvariantCulture);
}
