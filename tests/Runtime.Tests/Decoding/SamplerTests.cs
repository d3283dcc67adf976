using Seq.Embedded.Decoding;
using Seq.Embedded.Tests.Training;
using Seq.Embedded.Training;

namespace Seq.Embedded.Tests.Decoding;

public class SamplerTests
{
    private static readonly float[] s_few = [0.1f, 0.4f, 0.05f, 0.3f, 0.15f];

    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(0.5, 0, 1)]
    [InlineData(2.5, 0, 1)]
    [InlineData(1, 7, 1)]
    [InlineData(1, 1, 1)]
    [InlineData(1, 1000, 1)]
    [InlineData(1, 0, 0.9)]
    [InlineData(1, 0, 0.01)]
    [InlineData(0.7, 9, 0.8)]
    [InlineData(0, 0, 1)]
    [InlineData(0, 5, 0.5)]
    public void GetDistribution_is_that_of_the_formulas(double temperature, int topK, double topP)
    {
        for (int trial = 0; trial < 20; trial++)
        {
            float[] probabilities = Draw(40, trial);
            double[] expected = Formula(probabilities, temperature, topK, topP);
            float[] actual = new float[40];

            new Sampler(40, new SamplerOptions { Temperature = temperature, TopK = topK, TopP = topP }).GetDistribution(probabilities, actual);

            LossAssert.Close($"q, trial {trial}", expected, actual, 1e-6);
            Assert.Equal(expected.Count(q => q > 0), actual.Count(q => q > 0));
        }
    }

    [Fact]
    public void GetDistribution_of_known_numbers()
    {
        float[] q = new float[5];

        new Sampler(5, new SamplerOptions { TopK = 2 }).GetDistribution(s_few, q);
        Assert.Equal([0, 4 / 7f, 0, 3 / 7f, 0], q, Close);
        new Sampler(5, new SamplerOptions { TopP = 0.71 }).GetDistribution(s_few, q);
        Assert.Equal([0, 4 / 8.5f, 0, 3 / 8.5f, 1.5f / 8.5f], q, Close);
        new Sampler(5, new SamplerOptions { TopP = 0.69 }).GetDistribution(s_few, q);
        Assert.Equal([0, 4 / 7f, 0, 3 / 7f, 0], q, Close);
        new Sampler(5, new SamplerOptions { Temperature = 0.5 }).GetDistribution(s_few, q);
        Assert.Equal([1 / 28.5f, 16 / 28.5f, 0.25f / 28.5f, 9 / 28.5f, 2.25f / 28.5f], q, Close);

        static bool Close(float a, float b) => Math.Abs(a - b) < 1e-6;
    }

    [Fact]
    public void GetDistribution_of_equal_probabilities_prefers_the_lower_tokens()
    {
        float[] equal = [0.25f, 0.25f, 0.25f, 0.25f], q = new float[4];

        new Sampler(4, new SamplerOptions { TopK = 3 }).GetDistribution(equal, q);
        Assert.Equal([1 / 3f, 1 / 3f, 1 / 3f, 0], q);
        new Sampler(4, new SamplerOptions { TopP = 0.5 }).GetDistribution(equal, q);
        Assert.Equal([0.5f, 0.5f, 0, 0], q);
        new Sampler(4, new SamplerOptions { Temperature = 0 }).GetDistribution(equal, q);
        Assert.Equal([1, 0, 0, 0], q);
    }

    [Fact]
    public void GetDistribution_takes_what_is_no_probability_as_zero()
    {
        float[] q = new float[5];
        Sampler sampler = new(5, new SamplerOptions { TopK = 4 });

        sampler.GetDistribution([float.NaN, 0.5f, float.PositiveInfinity, -1, 0.5f], q);
        Assert.Equal([0, 0.5f, 0, 0, 0.5f], q);
        sampler.GetDistribution([float.NaN, 0, 0, 0, 0], q);
        Assert.Equal([0, 0, 0, 0, 0], q);
        Assert.Equal(Sampler.None, sampler.Draw([float.NaN, 0, 0, 0, 0]));
    }

    [Fact]
    public void GetDistribution_of_a_low_temperature_keeps_the_highest()
    {
        float[] q = new float[3];

        new Sampler(3, new SamplerOptions { Temperature = 1e-4 }).GetDistribution([1e-30f, 2e-30f, 1e-30f], q);

        Assert.Equal([0, 1, 0], q);
    }

    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(0.6, 4, 1)]
    [InlineData(1.5, 0, 0.8)]
    public void Draw_takes_each_token_as_often_as_its_probability_says(double temperature, int topK, double topP)
    {
        const int draws = 40_000;
        float[] probabilities = Draw(12, 5), q = new float[12];
        Sampler sampler = new(12, new SamplerOptions { Temperature = temperature, TopK = topK, TopP = topP, Seed = 3 });
        int[] counts = new int[12];
        for (int i = 0; i < draws; i++)
        {
            counts[sampler.Draw(probabilities)]++;
        }

        sampler.GetDistribution(probabilities, q);
        for (int token = 0; token < q.Length; token++)
        {
            // Five standard deviations of the binomial distribution.
            LossAssert.Close($"token {token}", q[token] * draws, counts[token], 5 * Math.Sqrt(draws * q[token] * (1 - q[token])));
        }
    }

    [Fact]
    public void Draw_repeats_with_the_seed_and_from_the_beginning()
    {
        Sampler first = new(5, new SamplerOptions { Seed = 9 }), second = new(5, new SamplerOptions { Seed = 9 }), other = new(5, new SamplerOptions { Seed = 10 });
        int[] drawn = [.. Enumerable.Range(0, 50).Select(_ => first.Draw(s_few))];

        Assert.Equal(drawn, Enumerable.Range(0, 50).Select(_ => second.Draw(s_few)));
        Assert.NotEqual(drawn, Enumerable.Range(0, 50).Select(_ => other.Draw(s_few)));
        Assert.Equal(50UL, first.Draws);
        first.Draws = 0;
        Assert.Equal(drawn, Enumerable.Range(0, 50).Select(_ => first.Draw(s_few)));
    }

    [Fact]
    public void Decode_at_temperature_zero_is_greedy()
    {
        float[] scratch = new float[6];
        int[] expected = new int[30], actual = new int[30];
        int expectedCount = Greedy.Decode(new TestDecoder(6, 4), 1, 5, scratch, expected, out double expectedLog);

        int count = new Sampler(6, new SamplerOptions { Temperature = 0 }).Decode(new TestDecoder(6, 4), 1, 5, actual, out double log);

        Assert.Equal((expectedCount, expectedLog), (count, log));
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Decode_ends_with_the_end_token_and_tells_the_log_probability()
    {
        float[][] table = [[0, 1, 0], [0, 0.5f, 0.5f], [0, 0, 0]];
        Sampler sampler = new(3, new SamplerOptions { Seed = 1 });
        int[] output = new int[100];

        int count = sampler.Decode(new TestDecoder(3, 0, table), 0, 2, output, out double log);

        Assert.InRange(count, 1, 99);
        Assert.All(output[..count], token => Assert.Equal(1, token));
        Assert.Equal(count * Math.Log(0.5), log, 1e-9); // the first token is certain, the end counts
        Assert.Equal(0, sampler.Decode(new TestDecoder(3, 0, table), 2, 0, output, out log));
        Assert.Equal(double.NegativeInfinity, log);
    }

    [Fact]
    public void Sampler_allocates_nothing()
    {
        Sampler sampler = new(6, new SamplerOptions { Temperature = 0.9, TopK = 4, TopP = 0.9 });
        TestDecoder decoder = new(6, 2);
        int[] output = new int[20];
        float[] q = new float[6], p = Draw(6, 1);
        LossAssert.AllocatesNothing(() => sampler.Decode(decoder, 0, Greedy.NoEnd, output, out _));
        LossAssert.AllocatesNothing(() => sampler.GetDistribution(p, q));
    }

    [Fact]
    public void Sampler_refuses_wrong_arguments()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sampler(0, new SamplerOptions()));
        Assert.Throws<ArgumentNullException>(() => new Sampler(3, null!));
        Assert.All<SamplerOptions>(
            [
                new() { Temperature = -1 }, new() { Temperature = double.NaN }, new() { Temperature = double.PositiveInfinity },
                new() { TopK = -1 }, new() { TopP = 0 }, new() { TopP = 1.01 }, new() { TopP = double.NaN },
            ],
            options => Assert.Throws<ArgumentOutOfRangeException>(() => new Sampler(3, options)));

        Sampler sampler = new(3, new SamplerOptions());
        Assert.Throws<ArgumentException>(() => sampler.Draw(new float[2]));
        Assert.Throws<ArgumentException>(() => sampler.GetDistribution(new float[3], new float[4]));
        Assert.Throws<ArgumentException>(() => sampler.Decode(new TestDecoder(4, 0), 0, 0, new int[1], out _));
        Assert.Equal("startToken", Assert.Throws<ArgumentOutOfRangeException>(() => sampler.Decode(new TestDecoder(3, 0), 3, 0, new int[1], out _)).ParamName);
        Assert.Equal("endToken", Assert.Throws<ArgumentOutOfRangeException>(() => sampler.Decode(new TestDecoder(3, 0), 0, -2, new int[1], out _)).ParamName);
        Assert.Equal(0UL, sampler.Draws);
    }

    /// <summary>The definition, in the simplest words.</summary>
    private static double[] Formula(float[] probabilities, double temperature, int topK, double topP)
    {
        int[] ranked = [.. Enumerable.Range(0, probabilities.Length).OrderByDescending(token => probabilities[token]).ThenBy(token => token)];
        double[] weights = [.. probabilities.Select(p => temperature == 0 ? 0 : Math.Pow(p, 1 / temperature))];
        if (temperature == 0)
        {
            weights[ranked[0]] = 1;
        }

        int[] kept = topK == 0 ? ranked : [.. ranked.Take(topK)];
        double all = kept.Sum(token => weights[token]), sum = 0;
        HashSet<int> nucleus = [];
        foreach (int token in kept)
        {
            if (topP == 1 || sum < topP * all)
            {
                nucleus.Add(token);
                sum += weights[token];
            }
        }

        return [.. weights.Select((weight, token) => nucleus.Contains(token) ? weight / sum : 0)];
    }

    private static float[] Draw(int count, int seed)
    {
        CounterRandom random = new((ulong)seed, 77);
        double[] values = [.. Enumerable.Range(0, count).Select(i => Math.Exp(2 * random.GetGaussian((ulong)i)))];
        return [.. values.Select(value => (float)(value / values.Sum()))];
    }
}
