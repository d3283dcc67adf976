using Chorales.Music;

namespace Recipes.Tests.Chorales;

public sealed class MidiFileTests
{
    [Fact]
    public void Write_gives_these_bytes()
    {
        byte[] bytes = Write(new Chorale([[60], [60, 64]]), new MidiSettings { Tempo = 100, Program = 19, Velocity = 80 });

        Assert.Equal(
            "4D546864" + "00000006" + "0000" + "0001" + "01E0" // header: format 0, 1 track, 480 ticks
            + "4D54726B" + "00000020" // track of 32 bytes
            + "00FF5103" + "0927C0" // 600,000 microseconds
            + "00C013" // church organ
            + "00903C50" // middle C on, held in the second time step
            + "8360" + "904050" // 480 ticks later E on
            + "8360" + "803C00" + "00804000" // both off
            + "00FF2F00",
            Convert.ToHexString(bytes));
    }

    [Fact]
    public void Write_holds_notes_that_go_on_and_counts_rests()
    {
        MidiSong song = MidiSong.Parse(Write(new Chorale([[], [50, 60], [50], [], [50, 70], []]), new MidiSettings { Tempo = 60, Velocity = 1 }));

        Assert.Equal((480, 1_000_000, 19, 6 * 480), (song.Division, song.MicrosecondsPerQuarter, song.Program, song.Ticks));
        Assert.Equal(
            [new(60, 1, 480, 960), new(50, 1, 480, 3 * 480), new(50, 1, 4 * 480, 5 * 480), new(70, 1, 4 * 480, 5 * 480)],
            song.Notes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(34)] // 16,320 ticks: the longest of two bytes has 16,383
    [InlineData(35)]
    [InlineData(5000)]
    public void Write_long_notes_need_more_bytes(int steps)
    {
        MidiSong song = MidiSong.Parse(Write(new Chorale([.. Enumerable.Repeat<int[]>([60], steps)]), new MidiSettings()));

        Assert.Equal([new(60, 80, 0, steps * 480)], song.Notes);
    }

    [Fact]
    public void Write_random_music_comes_back()
    {
        var random = new Random(3);
        int[][] steps = [.. Enumerable.Range(0, 200).Select(_ => Enumerable.Range(40, 30).Where(_ => random.Next(5) == 0).ToArray())];

        MidiSong song = MidiSong.Parse(Write(new Chorale(steps), new MidiSettings()));

        for (int step = 0; step < steps.Length; step++)
        {
            int begin = step * 480;
            Assert.Equal(steps[step], song.Notes.Where(note => note.Begin <= begin && note.End > begin).Select(note => note.Key).Order());
        }
    }

    private static byte[] Write(Chorale chorale, MidiSettings settings)
    {
        using var stream = new MemoryStream();
        MidiFile.Write(stream, chorale, settings);
        return stream.ToArray();
    }
}
