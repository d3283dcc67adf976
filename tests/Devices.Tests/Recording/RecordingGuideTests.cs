using KeywordSpotter.Input;
using KeywordSpotter.Recording;

namespace KeywordSpotter.Tests.Recording;

public sealed class RecordingGuideTests
{
    private const int Rate = SmallAudio.Rate;

    [Fact]
    public void Record_finds_each_word_with_a_margin_and_ends_with_the_last_one_asked_for()
    {
        Run run = Listen(3, Room(1), Word(1), Room(1), Word(2), Room(1), Word(3), Room(1), Word(4), Room(1));

        Assert.Equal(3, run.Takes.Count);
        Assert.Equal([1, 2, 3], run.Kept);
        Assert.All(run.Takes, take => Assert.InRange(take.Length / (double)Rate, 0.8, 1.3));
        Assert.Equal(3, run.Lines.Count(line => line.StartsWith("good: ", StringComparison.Ordinal)));
        Assert.Contains("1 of 3: say \"hey robin\", as you usually would", run.Lines);
        Assert.Contains("3 of 3: say \"hey robin\", from two steps away", run.Lines);
    }

    [Fact]
    public void Record_gives_the_same_for_any_blocks()
    {
        float[][] parts = [Room(1), Word(1), Room(0.8), Word(2), Room(1)];

        Assert.Equal(Listen(2, 160, parts).Takes, Listen(2, 3333, parts).Takes);
    }

    [Fact]
    public void Record_says_why_a_recording_is_of_no_use_and_asks_again()
    {
        Run run = Listen(1, Room(1), Scaled(Word(1), 0.004f), Room(1), Scaled(Word(1), 30), Room(1), Tone(2.4), Room(1), Tone(0.1), Room(1), Word(1), Room(1));

        Assert.Single(run.Takes);
        Assert.Equal(
            ["not used: it is too quiet", "not used: it is clipped", "not used: it is too long", "not used: it is too short"],
            run.Lines.Where(line => line.StartsWith("not", StringComparison.Ordinal)).Select(line => line.Split(':', '(')[0] + ":" + line.Split(':')[1].Split(" for")[0]));
        Assert.Equal(5, run.Lines.Count(line => line.StartsWith("1 of 1: ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Record_refuses_what_is_cut_off_at_either_end()
    {
        Run begun = Listen(1, Word(1)[(int)(0.35 * Rate)..], Room(1)), ended = Listen(1, Room(1), Word(1)[..(int)(0.45 * Rate)]);

        Assert.Empty(begun.Takes);
        Assert.Contains("its beginning is cut off", string.Join('\n', begun.Lines));
        Assert.Empty(ended.Takes);
        Assert.Contains("its end is cut off", string.Join('\n', ended.Lines));
    }

    [Fact]
    public void Record_that_goes_wrong_five_times_in_a_row_is_bad_input()
    {
        float[][] parts = [Room(1), .. Enumerable.Range(0, 6).SelectMany(_ => (float[][])[Scaled(Word(1), 30), Room(1)])];

        Assert.Contains("5 recordings in a row were of no use, the last because it is clipped", Assert.Throws<InputException>(() => Listen(2, parts)).Message);
    }

    [Fact]
    public void Record_of_nothing_says_so()
    {
        Run run = Listen(2, Room(32));

        Assert.Empty(run.Takes);
        Assert.Equal(2, run.Lines.Count(line => line.StartsWith("nothing was heard", StringComparison.Ordinal)));
    }

    [Fact]
    public void Record_in_a_loud_room_finds_the_word_that_is_louder()
    {
        Run run = Listen(1, Room(3, 0.01f), Word(1, 0.01f), Room(1, 0.01f));

        Assert.Single(run.Takes);
    }

    private static Run Listen(int count, params float[][] parts) => Listen(count, 1600, parts);

    private static Run Listen(int count, int block, float[][] parts)
    {
        float[] audio = [.. parts.SelectMany(part => part)];
        var level = new LevelMeter(1600);
        var text = new StringWriter { NewLine = "\n" };
        var kept = new List<int>();
        int at = 0;
        bool Read(out ReadOnlySpan<float> samples)
        {
            samples = audio.AsSpan(at, Math.Min(block, audio.Length - at));
            at += samples.Length;
            level.Push(samples);
            return samples.Length > 0;
        }

        IReadOnlyList<float[]> takes = new RecordingGuide("hey robin", count, Rate, text, live: false).Record(Read, level, (number, _) => kept.Add(number));
        return new Run(takes, kept, text.ToString().Split('\n'));
    }

    private static float[] Room(double seconds, float level = 5e-5f)
    {
        var samples = new float[(int)(seconds * Rate)];
        Draws draws = new((ulong)samples.Length);
        foreach (ref float sample in samples.AsSpan())
        {
            sample = level * draws.Bell();
        }

        return samples;
    }

    /// <summary>A word of 0.45 s with 0.25 s of the room before and after it.</summary>
    private static float[] Word(int variant, float level = 5e-5f)
    {
        float[] samples = Room(0.95, level);
        float[] leap = SmallAudio.Leap(variant);
        for (int i = (int)(0.25 * Rate); i < (int)(0.7 * Rate); i++)
        {
            samples[i] += leap[i];
        }

        return samples;
    }

    private static float[] Tone(double seconds) =>
        [.. Enumerable.Range(0, (int)(seconds * Rate)).Select(i => 0.1f * MathF.Sin(2 * MathF.PI * 440 * i / Rate))];

    private static float[] Scaled(float[] samples, float gain) => Array.ConvertAll(samples, sample => Math.Clamp(gain * sample, -1, 1));

    private sealed record Run(IReadOnlyList<float[]> Takes, IReadOnlyList<int> Kept, string[] Lines);
}
