using Seq.Embedded.Training;

namespace Seq.Embedded.Tests.Training;

public class CounterRandomTests
{
    // Known answers of Philox4x32-10, published by the authors with their implementation (Random123, kat_vectors).
    [Theory]
    [InlineData(0, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8)]
    [InlineData(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd)]
    [InlineData(0x85a308d3243f6a88, 0x0370734413198a2e, 0x299f31d0a4093822, 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1)]
    public void Philox_published_counters_give_the_published_words(ulong low, ulong high, ulong key, uint w0, uint w1, uint w2, uint w3)
    {
        Assert.Equal((w0, w1, w2, w3), CounterRandom.Philox(low, high, key));
    }

    [Fact]
    public void GetBits_values_come_from_the_documented_words()
    {
        CounterRandom random = new(seed: 0x299f31d0a4093822, stream: 0x0370734413198a2e);
        ulong counter = unchecked(0x85a308d3243f6a88 * 4);

        Assert.Equal(CounterRandom.Philox(counter / 4, 0x0370734413198a2e, 0x299f31d0a4093822).W0, random.GetBits(counter));
        Assert.Equal(CounterRandom.Philox(counter / 4, 0x0370734413198a2e, 0x299f31d0a4093822).W3, random.GetBits(counter + 3));
        Assert.Equal((random.GetBits(counter) >> 8) / 16777216f, random.GetUniform(counter));
    }

    [Fact]
    public void FillUniform_any_start_and_length_equals_single_values()
    {
        CounterRandom random = new(1, 2);
        for (ulong start = 0; start < 6; start++)
        {
            for (int length = 0; length < 14; length++)
            {
                float[] values = new float[length];
                random.FillUniform(start, values);
                Assert.Equal(Enumerable.Range(0, length).Select(i => random.GetUniform(start + (ulong)i)), values);
            }
        }
    }

    [Fact]
    public void Different_seed_stream_or_counter_give_different_values()
    {
        HashSet<uint> seen = [];
        for (ulong i = 0; i < 50; i++)
        {
            seen.Add(new CounterRandom(i, 0).GetBits(0));
            seen.Add(new CounterRandom(0, i + 1).GetBits(0));
            seen.Add(new CounterRandom(0, 0).GetBits(i + 1));
        }

        Assert.Equal(150, seen.Count);
    }

    [Fact]
    public void Uniform_values_have_the_moments_of_the_uniform_distribution()
    {
        const int Count = 200_000;
        float[] values = new float[Count];
        new CounterRandom(42, 7).FillUniform(0, values);

        // Five standard errors: sqrt(1/12/n), and sqrt(1/180/n) for the variance.
        double mean = values.Average(v => (double)v);
        double variance = values.Average(v => (v - mean) * (v - mean));
        Assert.Equal(0.5, mean, 5 * Math.Sqrt(1.0 / 12 / Count));
        Assert.Equal(1.0 / 12, variance, 5 * Math.Sqrt(1.0 / 180 / Count));
        Assert.All(values, value => Assert.InRange(value, 0f, 0.99999994f));
    }

    [Fact]
    public void Gaussian_values_have_the_moments_of_the_normal_distribution()
    {
        const int Count = 200_000;
        CounterRandom random = new(42, 8);
        double[] values = [.. Enumerable.Range(0, Count).Select(i => (double)random.GetGaussian((ulong)i))];

        Assert.Equal(0, values.Average(), 5 / Math.Sqrt(Count));
        Assert.Equal(1, values.Average(v => v * v), 5 * Math.Sqrt(2.0 / Count));
        Assert.Equal(0, values.Average(v => v * v * v), 5 * Math.Sqrt(15.0 / Count));
        Assert.Equal(3, values.Average(v => v * v * v * v), 5 * Math.Sqrt(96.0 / Count));
        Assert.Equal(0, Enumerable.Range(0, Count / 2).Average(i => values[2 * i] * values[2 * i + 1]), 5 / Math.Sqrt(Count / 2.0));
        Assert.InRange(values.Max(Math.Abs), 3.5, 6.7);
    }

    [Fact]
    public void GetGaussian_pair_follows_Box_and_Muller()
    {
        CounterRandom random = new(9, 9);
        double u = (random.GetBits(6) + 1.0) / 4294967296.0, w = random.GetBits(7) / 4294967296.0;

        Assert.Equal(Math.Sqrt(-2 * Math.Log(u)) * Math.Cos(2 * Math.PI * w), random.GetGaussian(6), 1e-6);
        Assert.Equal(Math.Sqrt(-2 * Math.Log(u)) * Math.Sin(2 * Math.PI * w), random.GetGaussian(7), 1e-6);
    }

    [Fact]
    public void All_methods_allocate_nothing()
    {
        CounterRandom random = new(1, 1);
        float[] values = new float[99];
        random.FillUniform(0, values);
        float sum = random.GetGaussian(0);

        long before = GC.GetAllocatedBytesForCurrentThread();
        random.FillUniform(1, values);
        sum += random.GetGaussian(1) + random.GetUniform(2);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(float.IsFinite(sum));
    }
}
