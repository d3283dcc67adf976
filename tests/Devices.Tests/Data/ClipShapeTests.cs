using KeywordSpotter.Data;

namespace KeywordSpotter.Tests.Data;

public sealed class ClipShapeTests
{
    [Fact]
    public void Measure_finds_the_loud_and_the_quiet_part()
    {
        var samples = new short[32000];
        for (int i = 0; i < samples.Length; i++)
        {
            int level = i is >= 16000 and < 24000 ? 8000 : i >= 28000 ? 20 : 200;
            samples[i] = (short)(level * (i % 2 == 0 ? 1 : -1));
        }

        ClipShape shape = ClipShape.Measure(samples, 16000);

        Assert.Equal((16000, 24000), (shape.SpeechStart, shape.SpeechEnd));
        Assert.Equal(8000 / 32768f, shape.SpeechRms, 1e-4);
        Assert.InRange(shape.QuietStart, 28000, 28800);
        Assert.Equal(3200, shape.QuietLength);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300)]
    [InlineData(700)]
    public void Measure_of_a_tiny_clip_stays_within_it(int length)
    {
        ClipShape shape = ClipShape.Measure(new short[length], 16000);

        Assert.InRange(shape.SpeechEnd, shape.SpeechStart, length);
        Assert.InRange(shape.QuietStart + shape.QuietLength, 0, length);
    }

    [Fact]
    public void Quantise_rounds_and_clips() =>
        Assert.Equal([short.MinValue, -16384, 0, 1, short.MaxValue], Clip.Quantise([-2, -0.5f, 0, 0.6f / 32768, 1]));
}
