using System.Globalization;
using Seq.Embedded.Weights;

namespace Recipes.Tests.Chorales;

public sealed class TrainTests(TrainedMusic music)
{
    [Fact]
    public void Train_loss_falls()
    {
        CommandRun run = music.Training;

        Assert.Equal(0, run.Status);
        Assert.Equal("chorales for training+validation: 24+4; not seen 0", run.Progress[0]);
        Assert.Equal(13, run.Progress.Length);
        Assert.All(run.Progress[1..], line => Assert.Matches(@"^epoch \d+/12  loss \d+\.\d{4}  validation \d+\.\d{4}  \d+:\d\d left(  \*)?$", line));
        Assert.True(Figure(run.Progress[^1], "loss") < 0.3 * Figure(run.Progress[1], "loss"), run.Error);
        Assert.True(Figure(run.Lines[0], "validation") < 1, run.Output); // after the first chord nothing is left to chance
        Assert.Contains("--epochs 12", SafeTensorsFile.Read(music.ModelPath).Metadata["training.recipe"]);
    }

    [Fact]
    public void Train_gives_the_same_weights_for_any_number_of_threads()
    {
        Assert.Equal(0, music.Train("one.safetensors", "--epochs", "2", "--threads", "1").Status);
        Assert.Equal(0, music.Train("three.safetensors", "--epochs", "2", "--threads", "3").Status);
        Assert.Equal(0, music.Train("other.safetensors", "--epochs", "2", "--threads", "3", "--seed", "1").Status);

        Assert.Equal(File.ReadAllBytes(music.In("one.safetensors")), File.ReadAllBytes(music.In("three.safetensors")));
        Assert.NotEqual(File.ReadAllBytes(music.In("one.safetensors")), File.ReadAllBytes(music.In("other.safetensors")));
    }

    [Fact]
    public void Train_with_chorales_held_out_measures_those_not_seen()
    {
        CommandRun run = music.Train("held.safetensors", "--epochs", "2", "--hold-out", "0.25");

        Assert.Equal(0, run.Status);
        Assert.Equal("chorales for training+validation: 18+6; not seen 4", run.Progress[0]);
        Assert.Matches(@"  not seen \d+\.\d{4} nats per time step$", Assert.Single(run.Lines));
    }

    [Fact]
    public void Train_ends_when_nothing_improves()
    {
        CommandRun run = CommandRun.Chorales(
            "train", "--data", music.DataPath, "--out", music.In("patient.safetensors"), "--epochs", "500", "--patience", "2", "--learning-rate", "0.5");

        Assert.Equal(0, run.Status);
        Assert.InRange(run.Progress.Length, 4, 300);
    }

    [Fact]
    public void Train_into_its_data_is_bad_usage() =>
        CommandRun.Chorales("train", "--data", music.DataPath, "--out", Path.GetRelativePath(".", music.DataPath)).AssertFailed(2, "--out", "--data", "allowed: another file");

    [Fact]
    public void Train_stopped_before_the_first_epoch_saves_nothing()
    {
        CommandRun run = CommandRun.StoppedChorales("train", "--data", music.DataPath, "--out", music.In("nothing.safetensors"));

        Assert.Equal(1, run.Status);
        Assert.Contains("nothing is saved", run.Progress[^1]);
        Assert.False(File.Exists(music.In("nothing.safetensors")));
    }

    [Theory]
    [InlineData("", "is no JSON from line 1, byte 1 on")]
    [InlineData("{\n\"train\": [", "is no JSON from line 2, byte 11 on")]
    [InlineData("[1, 2]", "is no file of chorales; allowed: an object with parts")]
    [InlineData("{}", "has no part")]
    [InlineData("""{"train": 3}""", "train is no array")]
    [InlineData("""{"train": []}""", "train has no chorale")]
    [InlineData("""{"train": [[[60], [61]], [5]]}""", "train[1][0] is no array")]
    [InlineData("""{"train": [[[60], [61, 109]]]}""", "train[0][1] has the note 109; allowed: 21 to 108")]
    [InlineData("""{"train": [[[60], [60.5]]]}""", "the note 60.5")]
    [InlineData("""{"train": [[[60], ["C"]]]}""", "the note C")]
    [InlineData("""{"train": [[[60]]]}""", "train[0] has 1 time steps; allowed: 2 or more")]
    [InlineData("""{"test": [[[60], [61]]]}""", "has the parts test; needed: train")]
    public void Train_file_that_holds_no_chorales_is_bad_input(string json, string message)
    {
        string path = music.Write($"{Guid.NewGuid():N}.json", json);

        CommandRun.Chorales("train", "--data", path, "--out", music.In("x.safetensors")).AssertFailed(1, path, message);
    }

    [Fact]
    public void Train_missing_file_is_bad_input() =>
        CommandRun.Chorales("train", "--data", "no-such.json", "--out", music.In("x.safetensors")).AssertFailed(1, "no-such.json: no such file");

    [Theory]
    [InlineData("--transpose", "25", "allowed: a whole number from 0 to 24")]
    [InlineData("--hold-out", "1", "allowed: 0 to 0.9")]
    [InlineData("--loud", "1", "is no option of train")]
    public void Train_option_out_of_range_is_bad_usage(string option, string value, string message) =>
        CommandRun.Chorales("train", "--data", music.DataPath, "--out", music.In("x.safetensors"), option, value).AssertFailed(2, option, message);

    [Theory]
    [InlineData()]
    [InlineData("sing")]
    [InlineData("generate")]
    [InlineData("evaluate")]
    public void Wrong_words_are_bad_usage(params string[] words) => CommandRun.Chorales(words).AssertFailed(2, "(see chorales ");

    private static double Figure(string line, string name) =>
        double.Parse(line.Split($"  {name} ")[1].Split(' ')[0], CultureInfo.InvariantCulture);
}
