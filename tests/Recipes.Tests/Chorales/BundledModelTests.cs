namespace Recipes.Tests.Chorales;

public sealed class BundledModelTests(TrainedMusic music)
{
    [Fact]
    public void Generate_composes_in_about_four_voices()
    {
        CommandRun.Chorales("generate", "--out", music.In("bach.mid")).AssertDone();

        MidiSong song = MidiSong.Parse(File.ReadAllBytes(music.In("bach.mid")));
        double voices = song.Notes.Sum(note => (double)note.End - note.Begin) / song.Ticks;
        Assert.InRange(voices, 2, 5);
        Assert.All(song.Notes, note => Assert.InRange(note.Key, 36, 96));
    }

    [Fact]
    public void Evaluate_knows_a_cadence_better_than_noise()
    {
        string path = music.Write("cadence.json", """{"cadence": [[[48, 60, 64, 67], [53, 60, 65, 69], [55, 59, 62, 67], [48, 60, 64, 67]]], "noise": [[[22, 61, 90], [35, 62, 101], [23, 77, 78], [34, 63, 64]]]}""");

        string[] lines = CommandRun.Chorales("evaluate", path).AssertDone().Lines;

        Assert.True(Figure(lines[0]) < 12, lines[0]);
        Assert.True(Figure(lines[1]) > 2 * Figure(lines[0]), lines[1]);

        static double Figure(string line) => double.Parse(line.Split(", ")[2].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public void Bundled_model_is_below_a_megabyte() =>
        Assert.InRange(typeof(global::Chorales.Program).Assembly.GetManifestResourceStream("chorales.safetensors")!.Length, 1, 1_000_000);

    [Theory]
    [InlineData("--help")]
    [InlineData("train", "--help")]
    [InlineData("generate", "--help")]
    [InlineData("evaluate", "--help")]
    public void Help_is_printed_everywhere(params string[] arguments) => Assert.Contains("Usage: chorales", CommandRun.Chorales(arguments).AssertDone().Output);
}
