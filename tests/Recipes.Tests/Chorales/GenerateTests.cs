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
    public void Compose_at_temperature_zero_is_the_same_for_all_seeds()
    {
        ChoraleModel model = ChoraleModel.Load(music.ModelPath);
        Chorale one = Composer.Compose(model, 12, 0, 1, TestContext.Current.CancellationToken), other = Composer.Compose(model, 12, 0, 2, TestContext.Current.CancellationToken);

        for (int step = 0; step < 12; step++)
        {
            Assert.Equal(one[step].ToArray(), other[step].ToArray());
        }

        Assert.Equal(4, one[11].Length);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(2)]
    public void Sharpen_is_the_formula_and_keeps_the_number_of_notes(double temperature)
    {
        float[] before = [.. Enumerable.Range(0, 88).Select(key => key % 9 == 0 ? 0.3f : 0.002f + (key * 1e-4f))];
        float[] after = [.. before];

        Composer.Sharpen(after, temperature);

        Assert.Equal(before.Sum(), after.Sum(), 1e-3f);
        double[] b = [.. before.Zip(after).Where(pair => pair.Second is > 1e-6f and < 0.999f).Select(pair => Logit(pair.Second) - (Logit(pair.First) / temperature))];
        Assert.NotEmpty(b);
        Assert.InRange(b.Max() - b.Min(), 0, 1e-2);

        static double Logit(double p) => Math.Log(p / (1 - p));
    }

    [Fact]
    public void Sharpen_at_temperature_zero_takes_as_many_of_the_highest_as_expected()
    {
        float[] keys = new float[88];
        (keys[10], keys[20], keys[30], keys[40]) = (0.4f, 0.9f, 0.3f, 0.45f); // 2.05 in all

        Composer.Sharpen(keys, 0);

        Assert.Equal([20, 40], Enumerable.Range(0, 88).Where(key => keys[key] == 1));
        Assert.Equal(2, keys.Sum());
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
            played += Composer.Compose(model, 1, 1, seed, TestContext.Current.CancellationToken)[0].Length;
            expected += probabilities.Sum();
            variance += probabilities.Sum(p => p * (1 - p));
        }

        Assert.InRange(played, expected - (5 * Math.Sqrt(variance)), expected + (5 * Math.Sqrt(variance)));
    }

    [Fact]
    public void Generate_stopped_leaves_the_old_file()
    {
        File.WriteAllText(music.In("old.mid"), "old");

        CommandRun.StoppedChorales("generate", "--model", music.ModelPath, "--out", music.In("old.mid")).AssertFailed(1, "stopped", "nothing is written");

        Assert.Equal("old", File.ReadAllText(music.In("old.mid")));
    }

    [Fact]
    public void Generate_into_its_model_is_bad_usage()
    {
        byte[] before = File.ReadAllBytes(music.ModelPath);

        Generate(Path.GetFileName(music.ModelPath)).AssertFailed(2, "--out", "--model", "allowed: another file");

        Assert.Equal(before, File.ReadAllBytes(music.ModelPath));
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
