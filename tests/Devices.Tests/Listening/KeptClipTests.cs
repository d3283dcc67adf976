using KeywordSpotter.Listening;

namespace KeywordSpotter.Tests.Listening;

public sealed class KeptClipTests
{
    private static readonly DateTime s_time = new(2026, 11, 22, 0, 3, 5, 120, DateTimeKind.Utc);

    [Theory]
    [InlineData("alexa", "20261122T000305.120Z_0.93_heard_alexa.wav")]
    [InlineData("hey robin", "20261122T000305.120Z_0.93_heard_hey%20robin.wav")]
    [InlineData("a_b", "20261122T000305.120Z_0.93_heard_a_b.wav")]
    [InlineData("../x", "20261122T000305.120Z_0.93_heard_..%2Fx.wav")]
    public void FileName_can_be_read_again(string keyword, string name)
    {
        var clip = new KeptClip(s_time, 0.93f, false, keyword);

        Assert.Equal(name, clip.FileName);
        Assert.Equal(clip, KeptClip.Parse(name));
        Assert.Equal(DateTimeKind.Utc, KeptClip.Parse(name)!.Utc.Kind);
    }

    [Fact]
    public void FileName_tells_near_misses() =>
        Assert.True(KeptClip.Parse(new KeptClip(s_time, 0.4f, true, "alexa").FileName)!.IsNearMiss);

    [Theory]
    [InlineData("recording.wav")]
    [InlineData("20261122T000305.120Z_0.93_heard_.wav")]
    [InlineData("20261122T000305.120Z_0.93_seen_alexa.wav")]
    [InlineData("20261122T000305.120Z_high_heard_alexa.wav")]
    [InlineData("today_0.93_heard_alexa.wav")]
    [InlineData("20261122T000305.120Z_0.93_heard_alexa.mp3")]
    public void Parse_other_names_are_nobodys(string name) => Assert.Null(KeptClip.Parse(name));
}
