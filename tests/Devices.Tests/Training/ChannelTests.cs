using Devices.Audio;
using Devices.Tests;

namespace KeywordSpotter.Tests.Training;

public sealed class ChannelTests
{
    private const int Rate = 16000;

    [Theory]
    [InlineData(100, -45, -30)]
    [InlineData(1000, -1.5, 1.5)]
    [InlineData(2000, -1.5, 1.5)]
    [InlineData(6500, -200, -20)]
    public void Telephone_passes_its_band_only(double hertz, double least, double most)
    {
        float[] tone = Tone(hertz, 0.1);
        double before = Decibels(tone);
        Draws draws = new(FirstSeed(draws => !draws.Chance(0.5)));

        Channel.Telephone(ref draws, Rate, tone);

        Assert.InRange(Decibels(tone.AsSpan(Rate / 4)) - before, least, most);
    }

    [Fact]
    public void RoundToMuLaw_leaves_255_levels_and_38_dB_of_signal()
    {
        float[] tone = Tone(440, 0.5), rounded = [.. tone];

        Channel.RoundToMuLaw(rounded);

        Assert.InRange(rounded.Distinct().Count(), 20, 255);
        float[] error = [.. tone.Zip(rounded, (a, b) => a - b)];
        Assert.InRange(Decibels(tone) - Decibels(error), 34, 42); // G.711 reaches 38 dB
        float[] loud = [2, -2, 0];
        Channel.RoundToMuLaw(loud);
        Assert.Equal([1, -1, 0], loud, (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public void Clip_cuts_between_its_limits()
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            float[] tone = Tone(300, 0.5);
            Draws draws = new(seed);

            Channel.Clip(ref draws, 3, 18, tone);

            Assert.InRange(20 * Math.Log10(tone.Max() / 0.5), -18.1, -2.9);
            Assert.Equal(tone.Max(), -tone.Min(), 5);
            Assert.True(tone.Count(sample => sample == tone.Max()) > Rate / 10);
        }
    }

    [Fact]
    public void Respond_changes_the_balance_but_by_no_more_than_three_peaks()
    {
        var gains = new List<double>();
        for (ulong seed = 0; seed < 40; seed++)
        {
            float[] low = Tone(300, 0.1), high = Tone(3000, 0.1);
            double before = Decibels(low);
            Draws first = new(seed), second = new(seed);

            Channel.Respond(ref first, 8, Rate, low);
            Channel.Respond(ref second, 8, Rate, high);

            gains.Add(Decibels(low) - before - (Decibels(high) - before));
            Assert.InRange(Decibels(low) - before, -24.5, 24.5);
        }

        Assert.InRange(gains.Max() - gains.Min(), 8, 48);
        Assert.InRange(gains.Average(), -4, 4);
    }

    [Theory]
    [InlineData(250)]
    [InlineData(500)]
    [InlineData(1000)]
    [InlineData(4000)]
    public void HighPass_falls_by_12_dB_per_octave(double hertz)
    {
        float[] tone = Tone(hertz, 0.1);
        double before = Decibels(tone);

        Biquad.HighPass(1000, Rate).Apply(tone);

        // 1 / sqrt(1 + (f0 / f)^4): 3 dB at the corner.
        double analogue = -10 * Math.Log10(1 + Math.Pow(1000 / hertz, 4));
        Assert.Equal(analogue, Decibels(tone.AsSpan(Rate / 4)) - before, 0.5);
    }

    [Fact]
    public void Augmenter_puts_babble_at_the_ratio_asked_for()
    {
        Clip[] speech = [.. Enumerable.Range(0, 4).Select(i => new Clip($"{i}", Clip.Quantise(SmallAudio.Background(i, 3)), Rate))];
        var settings = new AugmentationSettings { Babble = 1, LowestSnr = 10, HighestSnr = 10 };
        var augmenter = new Augmenter(settings, [], new Seq.Embedded.Audio.FeatureSettings(), Rate, speech);
        float[] tone = Tone(500, 0.1), noisy = [.. tone];
        Draws draws = new(3);

        augmenter.AddNoise(ref draws, noisy);

        float[] noise = [.. noisy.Zip(tone, (a, b) => a - b)];
        Assert.Equal(10, Decibels(tone) - Decibels(noise), 0.1);
    }

    [Fact]
    public void Household_noises_differ_and_are_finite()
    {
        var levels = new HashSet<double>();
        for (ulong seed = 0; seed < 24; seed++)
        {
            float[] noise = new float[Rate];
            Draws draws = new(seed);

            Noise.Household(ref draws, Rate, noise);

            Assert.All(noise, sample => Assert.True(float.IsFinite(sample)));
            double level = Decibels(noise);
            Assert.InRange(level, -60, 60);
            levels.Add(Math.Round(level, 2));
        }

        Assert.True(levels.Count > 20);
    }

    private static float[] Tone(double hertz, double amplitude) =>
        [.. Enumerable.Range(0, Rate).Select(i => (float)(amplitude * Math.Sin(2 * Math.PI * hertz * i / Rate)))];

    private static double Decibels(ReadOnlySpan<float> samples)
    {
        double sum = 0;
        foreach (float sample in samples)
        {
            sum += sample * sample;
        }

        return 10 * Math.Log10((sum / samples.Length) + 1e-30);
    }

    private static ulong FirstSeed(Predicate<Draws> wanted)
    {
        ulong seed = 0;
        while (!wanted(new Draws(seed)))
        {
            seed++;
        }

        return seed;
    }
}
