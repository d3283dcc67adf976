using KeywordSpotter.Data;
using KeywordSpotter.Training;

namespace KeywordSpotter.Tests.Training;

public sealed class NoiseTests
{
    [Fact]
    public void White_has_the_same_power_in_both_halves_of_the_spectrum()
    {
        Draws draws = new(1);
        var noise = new float[1 << 16];
        Noise.White(ref draws, noise);

        // Differences of neighbours keep the upper half, sums the lower half.
        Assert.InRange(Differences(noise) / Sums(noise), 0.95, 1.05);
    }

    [Fact]
    public void Pink_loses_half_its_power_per_hertz_with_every_octave()
    {
        Draws draws = new(1);
        var noise = new float[1 << 18];
        Noise.Pink(ref draws, noise);

        // Equal power per octave: the mean of pairs loses the top octave only, again and again the same amount.
        double[] powers = [.. Halvings(noise).Select(Variance)];
        for (int octave = 1; octave + 1 < 6; octave++)
        {
            Assert.InRange((powers[octave] - powers[octave + 1]) / (powers[octave + 1] - powers[octave + 2]), 0.6, 1.7);
        }
    }

    [Fact]
    public void Recorded_repeats_a_short_recording()
    {
        var clip = new Clip("short.wav", [1000, 2000, 3000], 16000);
        Draws draws = new(1);
        var noise = new float[10];

        Noise.Recorded(ref draws, [clip], noise);

        Assert.All(noise, value => Assert.Contains((int)MathF.Round(value * 32768), (int[])[1000, 2000, 3000]));
        Assert.Equal(noise[^6..^3], noise[^3..]);
    }

    [Fact]
    public void AddRoomTone_goes_on_at_the_level_of_the_quiet_part()
    {
        var samples = new short[32000];
        Draws draws = new(2);
        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] = (short)(draws.Bell() * (i is > 8000 and < 16000 ? 10000 : 100));
        }

        var clip = new Clip("room.wav", samples, 16000);
        var tone = new float[16000];
        Noise.AddRoomTone(ref draws, clip, 2, 16000, tone);

        double rms = Math.Sqrt(tone.Average(value => (double)value * value)) * 32768;
        Assert.InRange(rms, 150, 250);
    }

    private static double Sums(float[] noise) => Enumerable.Range(0, noise.Length / 2).Average(i => Math.Pow(noise[2 * i] + noise[(2 * i) + 1], 2));

    private static double Differences(float[] noise) => Enumerable.Range(0, noise.Length / 2).Average(i => Math.Pow(noise[2 * i] - noise[(2 * i) + 1], 2));

    private static IEnumerable<float[]> Halvings(float[] noise)
    {
        for (int octave = 0; octave < 8; octave++)
        {
            yield return noise;
            float[] from = noise;
            noise = [.. Enumerable.Range(0, from.Length / 2).Select(i => (from[2 * i] + from[(2 * i) + 1]) / 2)];
        }
    }

    private static double Variance(float[] noise)
    {
        double mean = noise.Average();
        return noise.Average(value => (value - mean) * (value - mean));
    }
}
