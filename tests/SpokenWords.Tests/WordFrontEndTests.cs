using Seq.Embedded.Audio;
using SpokenWords.Training;

namespace SpokenWords.Tests;

public sealed class WordFrontEndTests
{
    private static readonly FeatureSettings s_features = new WordTrainingOptions().FeatureSettings;

    [Fact]
    public void Extract_does_not_depend_on_the_level()
    {
        float[] samples = SmallAudio.Word(SmallAudio.Rise, 1, out _);
        float[] loud = Extract(samples);

        float[] quiet = Extract(Array.ConvertAll(samples, sample => 0.25f * sample));

        Assert.Equal(loud.Length, quiet.Length);
        Assert.InRange(MeanDifference(loud, quiet), 0, 0.05);
    }

    [Fact]
    public void Extract_of_a_clip_that_is_longer_than_the_window_keeps_the_word()
    {
        float[] alone = Extract(SmallAudio.Word(SmallAudio.Rise, 1, out _, before: 0.3, after: 0.3));

        float[] within = Extract(SmallAudio.Word(SmallAudio.Rise, 1, out _, before: 2, after: 1));

        Assert.Equal(alone.Length, within.Length);
        Assert.InRange(MeanDifference(alone, within), 0, 0.35);
    }

    [Fact]
    public void Extract_does_not_hear_a_constant_offset()
    {
        float[] samples = SmallAudio.Word(SmallAudio.Sink, 2, out _);

        float[] offset = Extract(Array.ConvertAll(samples, sample => sample + 0.1f));

        Assert.InRange(MeanDifference(Extract(samples), offset), 0, 0.02);
    }

    [Fact]
    public void Copy_fades_in_and_out_and_has_no_offset()
    {
        var clip = new Clip("clip", [.. Enumerable.Range(0, 1600).Select(i => (short)(3000 + (i % 2 == 0 ? 8000 : -8000)))], 16_000);
        var samples = new float[1000];

        WordFrontEnd.Copy(clip, 100, samples, 16_000);

        Assert.Equal(0, samples.Average(), 1e-3);
        Assert.Equal(8000 / 32768f, MathF.Abs(samples[500]), 1e-4f);
        Assert.InRange(MathF.Abs(samples[0]), 0, 0.01f);
        Assert.InRange(MathF.Abs(samples[^1]), 0, 0.01f);
    }

    [Fact]
    public void Extract_of_silence_is_finite() => Assert.All(Extract(new float[4000]), value => Assert.True(float.IsFinite(value)));

    [Fact]
    public void Metadata_restores_the_front_end()
    {
        var frontEnd = new WordFrontEnd(s_features, 0.9);

        WordFrontEnd restored = WordFrontEnd.FromMetadata(frontEnd.ToMetadata(), "model");

        Assert.Equal((frontEnd.Features, frontEnd.Seconds, frontEnd.Steps), (restored.Features, restored.Seconds, restored.Steps));
    }

    [Theory]
    [InlineData("words.seconds", "0.1", "0.3 to 10")]
    [InlineData("words.seconds", "long", "0.3 to 10")]
    [InlineData("features.bands", "20", "allowed: 40")]
    [InlineData("features.hop", "10", "features.hop")]
    public void Metadata_that_do_not_fit_are_named(string key, string value, string part)
    {
        Dictionary<string, string> metadata = new WordFrontEnd(s_features, 1).ToMetadata();
        metadata[key] = value;

        InputException exception = Assert.Throws<InputException>(() => WordFrontEnd.FromMetadata(metadata, "model"));

        Assert.StartsWith("model: ", exception.Message);
        Assert.Contains(part, exception.Message);
    }

    private static float[] Extract(float[] samples)
    {
        var frontEnd = new WordFrontEnd(s_features, 1.0);
        var values = new float[frontEnd.Steps * s_features.FeatureCount];
        frontEnd.Extract(new Clip("clip", Clip.Quantise(samples), SmallAudio.Rate), values);
        return values;
    }

    private static float MeanDifference(float[] a, float[] b) => a.Zip(b, (x, y) => MathF.Abs(x - y)).Average();
}
