using Chorales;
using Chorales.Music;

namespace Recipes.Tests.Chorales;

public sealed class GenerateTests(TrainedMusic music)
{
    [Fact]
    public void Generate_writes_a_midi_file_of_what_was_learned()
    {
        CommandRun run = Generate("song.mid", "--length", "30", "--temperature", "0.2", "--tempo", "120", "--instrument", "0");

        Assert.Matches(@"song\.mid: 30 time steps, \d\.\d notes at a time$", Assert.Single(run.AssertDone().Lines));
        MidiSong song = MidiSong.Parse(File.ReadAllBytes(music.In("song.mid")));
        Assert.Equal((500_000, 0, 30 * 480), (song.MicrosecondsPerQuarter, song.Program, song.Ticks));
        int[] learned = [48, 53, 55, 60, 62, 64, 65, 67, 69, 71];
        Assert.True(song.Notes.Count(note => learned.Contains(note.Key)) > 0.9 * song.Notes.Count, string.Join(' ', song.Notes));
        Assert.NotEmpty(song.Notes);
    }

    [Fact]
    public void Generate_repeats_with_the_seed()
    {
        Assert.Equal(Bytes("a.mid", "--seed", "1"), Bytes("b.mid", "--seed", "1"));
        Assert.NotEqual(Bytes("a.mid", "--seed", "1", "--temperature", "1"), Bytes("b.mid", "--seed", "2", "--temperature", "1"));
    }

    [Fact]
    public void Compose_at_temperature_zero_plays_what_is_more_probable_than_not()
    {
        ChoraleModel model = ChoraleModel.Load(music.ModelPath);
        Chorale chorale = Composer.Compose(model, 6, 0, 1);
        ChoraleModel.Stream stream = model.CreateStream();
        float[] keys = new float[88], probabilities = new float[88];
        for (int step = 0; step < chorale.Length; step++)
        {
            stream.Step(keys, probabilities);
            Piano.Press(chorale[step], 0, keys);
            Assert.Equal(probabilities.Select(p => p > 0.5f ? 1f : 0f), keys);
        }
    }

    [Fact]
    public void Compose_at_temperature_one_plays_as_often_as_the_probability_says()
    {
        ChoraleModel model = ChoraleModel.Create(7); // knows nothing: all probabilities are near 1/2
        float[] keys = new float[88], probabilities = new float[88];
        model.CreateStream().Step(keys, probabilities);
        double played = 0, expected = 0, variance = 0;
        for (ulong seed = 0; seed < 200; seed++)
        {
            played += Composer.Compose(model, 1, 1, seed)[0].Length;
            expected += probabilities.Sum();
            variance += probabilities.Sum(p => p * (1 - p));
        }

        Assert.InRange(played, expected - (5 * Math.Sqrt(variance)), expected + (5 * Math.Sqrt(variance)));
    }

    [Fact]
    public void Generate_missing_folder_is_bad_input() => Generate("no-folder/x.mid").AssertFailed(1, "no-folder");

    [Fact]
    public void Generate_missing_model_is_bad_input() =>
        CommandRun.Chorales("generate", "--out", music.In("x.mid"), "--model", "no-such.safetensors").AssertFailed(1, "no-such.safetensors: no such model file");

    [Theory]
    [InlineData("--length", "1")]
    [InlineData("--tempo", "3")]
    [InlineData("--instrument", "128")]
    public void Generate_option_out_of_range_is_bad_usage(string option, string value) => Generate("x.mid", option, value).AssertFailed(2, option, value, "allowed");

    private CommandRun Generate(string name, params string[] more) =>
        CommandRun.Chorales(["generate", "--model", music.ModelPath, "--out", music.In(name), .. more]);

    private byte[] Bytes(string name, params string[] more)
    {
        Generate(name, more).AssertDone();
        return File.ReadAllBytes(music.In(name));
    }
}
