using SpokenWords.Data;

namespace SpokenWords.Tests.Data;

public sealed class SpeakerSplitTests
{
    private static readonly string[] s_speakers = [.. Enumerable.Range(0, 200).Select(i => $"{i * 7919:x8}")];

    [Theory]
    [InlineData("jackson", 58.65456654619103)] // the formula of Google's script, computed with Python's hashlib
    [InlineData("nicolas", 7.043746166257159)]
    [InlineData("0a7c2a8d", 56.83638719347408)]
    public void Percentage_is_that_of_speech_commands(string speaker, double expected) =>
        Assert.Equal(expected, SpeakerSplit.Percentage(speaker), 1e-9);

    [Fact]
    public void Of_has_no_speaker_on_both_sides()
    {
        Recording[] recordings = Recordings();
        var range = new SpeakerRange(10, 20);

        SpeakerSplit split = SpeakerSplit.Of(recordings, range.Contains);

        Assert.Equal(recordings.Length, split.Training.Length + split.Test.Length);
        Assert.Empty(split.Training.Select(recording => recording.Speaker).Intersect(split.Test.Select(recording => recording.Speaker)));
        Assert.InRange(split.Test.Length, recordings.Length / 20, recordings.Length / 5);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(200)]
    public void Deal_gives_each_speaker_to_one_fold(int folds)
    {
        string[][] dealt = SpeakerSplit.Deal(s_speakers, folds);

        Assert.Equal(folds, dealt.Length);
        Assert.Equal(s_speakers.Order(), dealt.SelectMany(fold => fold).Order());
        Assert.InRange(dealt.Max(fold => fold.Length) - dealt.Min(fold => fold.Length), 0, 1);
    }

    [Fact]
    public void Deal_does_not_depend_on_the_order_of_the_speakers() =>
        Assert.Equal(SpeakerSplit.Deal(s_speakers, 3), SpeakerSplit.Deal([.. s_speakers.Reverse()], 3));

    [Theory]
    [InlineData("0-10", 0, 10)]
    [InlineData("12.5-100", 12.5, 100)]
    public void Parse_reads_a_range(string text, double from, double to)
    {
        SpeakerRange range = SpeakerRange.Parse("--part", text);

        Assert.Equal(new SpeakerRange(from, to), range);
        Assert.Equal(text, range.ToString());
    }

    [Theory]
    [InlineData("10")]
    [InlineData("-5-10")]
    [InlineData("10-10")]
    [InlineData("90-110")]
    [InlineData("a-b")]
    public void Parse_names_what_is_no_range(string text)
    {
        UsageException exception = Assert.Throws<UsageException>(() => SpeakerRange.Parse("--part", text));

        Assert.Equal($"--part is '{text}'; allowed: two numbers from 0 to 100, such as 0-10", exception.Message);
    }

    [Theory]
    [InlineData("digits/one/jackson_3.wav", "_", "jackson")]
    [InlineData("0a7c2a8d_nohash_1.wav", "_", "0a7c2a8d")]
    [InlineData("my_voice-3.wav", "-", "my_voice")]
    [InlineData("alone.wav", "_", "alone")]
    [InlineData("_3.wav", "_", "_3")]
    public void SpeakerOf_is_the_part_before_the_text(string path, string end, string expected) =>
        Assert.Equal(expected, new LoadSettings(16_000, end, 1).SpeakerOf(path));

    private static Recording[] Recordings() =>
        [.. s_speakers.SelectMany(speaker => Enumerable.Range(0, 3).Select(i => new Recording(new Clip($"{speaker}_{i}.wav", new short[400], 16_000), i % 2, speaker)))];
}
