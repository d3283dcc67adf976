using Devices.Audio;
using KeywordSpotter.Data;
using KeywordSpotter.Training;

namespace KeywordSpotter.Tests.Training;

public sealed class TranscriptTests(TrainedModel model)
{
    private const int Rate = 16000;
    private const int Step = 320;

    [Fact]
    public void Write_spreads_the_phonemes_over_the_speech_and_tells_the_word_after_its_end()
    {
        PhonemeTable table = Table("spread.tsv", "yes/*\tj E s");
        Clip clip = Speech("yes/1.wav"); // speech from 0.5 s to 1 s
        var transcript = new Transcript();
        transcript.Clear();
        transcript.Add(table, clip, start: Rate, Rate, word: 2);
        int[] phonemes = new int[150], words = new int[150];

        transcript.Write(speed: 1, shift: 0, Step, phonemes, words);

        // Ordinal order: E 1, j 2, s 3. Speech from 1.47 to 2.05 s, told 3 steps later: from step 76 or 77 to 105 or 106.
        Assert.Equal([0, 2, 1, 3, 0], phonemes.Where((phoneme, step) => step == 0 || phoneme != phonemes[step - 1]));
        Assert.InRange(Array.IndexOf(phonemes, 2), 76, 77);
        Assert.InRange(Array.LastIndexOf(phonemes, 3), 104, 106);
        Assert.True(phonemes.Count(phoneme => phoneme == 1) > phonemes.Count(phoneme => phoneme == 2)); // a vowel is longer
        int told = Array.IndexOf(words, 2);
        Assert.InRange(told, 104, 105);
        Assert.Equal(8, words.Count(word => word == 2));
        Assert.Equal(Transcript.Unknown, words[^1]);
        Assert.Equal(0, words[0]);
    }

    [Fact]
    public void Write_follows_speed_and_place()
    {
        PhonemeTable table = Table("speed.tsv", "yes/*\tj E s");
        var transcript = new Transcript();
        transcript.Clear();
        transcript.Add(table, Speech("yes/1.wav"), 0, Rate);
        int[] slow = new int[200], words = new int[200];

        transcript.Write(speed: 0.5, shift: 10 * Step, Step, slow, words);

        Assert.InRange(Array.IndexOf(slow, 2), (int)(2 * 0.47 * 50) + 10 + 3 - 1, (int)(2 * 0.47 * 50) + 10 + 3 + 1);
        Assert.All(words, word => Assert.Equal(Transcript.Unknown, word));
    }

    [Fact]
    public void Write_of_a_clip_without_phonemes_is_unknown()
    {
        var transcript = new Transcript();
        transcript.Clear();
        transcript.Add(Table("other.tsv", "no/1.wav\tn oU"), Speech("yes/1.wav"), 0, Rate);
        int[] phonemes = new int[10], words = new int[10];

        transcript.Write(1, 0, Step, phonemes, words);

        Assert.All(phonemes, phoneme => Assert.Equal(Transcript.Unknown, phoneme));
    }

    [Fact]
    public void Table_prefers_the_line_of_a_file_and_tells_where_a_line_is_wrong()
    {
        PhonemeTable table = Table("table.tsv", "yes/*\tj E s", "yes/2.wav\tj E");

        Assert.Equal(["E", "j", "s"], table.Names);
        Assert.Equal([2, 1, 3], table.Find(Speech("/data/yes/1.wav"))!);
        Assert.Equal([2, 1], table.Find(Speech("/data/yes/2.wav"))!);
        Assert.Null(table.Find(Speech("/data/no/1.wav")));
        Assert.Contains("line 1", Assert.Throws<InputException>(() => Table("wrong.tsv", "yes j E s")).Message);
        Assert.Contains("no such file", Assert.Throws<InputException>(() => PhonemeTable.Load([model.In("none.tsv")])).Message);
    }

    private PhonemeTable Table(string name, params string[] lines)
    {
        string path = model.In(name);
        File.WriteAllLines(path, lines);
        return PhonemeTable.Load([path]);
    }

    private static Clip Speech(string name)
    {
        var samples = new short[24000];
        for (int i = 8000; i < 16000; i++)
        {
            samples[i] = (short)(8000 * Math.Sin(0.2 * i));
        }

        return new Clip(name, samples, Rate);
    }
}
