using Seq.Embedded.Decoding;
using Seq.Embedded.Training;

namespace Seq.Embedded.Tests.Decoding;

public sealed class PosteriorSmootherTests
{
    [Fact]
    public void Push_gives_the_mean_of_the_last_steps()
    {
        var smoother = new PosteriorSmoother(3, 2);
        CounterRandom random = new(1, 0);
        var rows = new List<float[]>();
        var smoothed = new float[2];
        for (int step = 0; step < 20; step++)
        {
            rows.Add([random.GetUniform((ulong)(2 * step)), random.GetUniform((ulong)(2 * step) + 1)]);
            smoother.Push(rows[^1], smoothed);
            for (int output = 0; output < 2; output++)
            {
                double expected = rows.TakeLast(3).Sum(row => (double)row[output]) / 3; // what is missing at the start counts as zero
                Assert.Equal(expected, smoothed[output], 1e-6);
            }
        }
    }

    [Fact]
    public void Push_with_a_length_for_each_posterior_gives_what_smoothers_of_these_lengths_give()
    {
        int[] steps = [6, 1, 4];
        var together = new PosteriorSmoother(steps);
        PosteriorSmoother[] apart = Array.ConvertAll(steps, length => new PosteriorSmoother(length, 1));
        CounterRandom random = new(2, 0);
        var smoothed = new float[3];
        var alone = new float[1];
        for (int step = 0; step < 20; step++)
        {
            float[] row = [random.GetUniform((ulong)(3 * step)), random.GetUniform((ulong)(3 * step) + 1), random.GetUniform((ulong)(3 * step) + 2)];
            together.Push(row, smoothed);
            for (int output = 0; output < 3; output++)
            {
                apart[output].Push([row[output]], alone);
                Assert.Equal(alone[0], smoothed[output]); // to the last bit
            }
        }
    }

    [Fact]
    public void Reset_starts_again()
    {
        var smoother = new PosteriorSmoother(2, 1);
        var smoothed = new float[1];
        smoother.Push([1], smoothed);
        smoother.Reset();
        smoother.Push([0.5f], smoothed);

        Assert.Equal(0.25f, smoothed[0]);
    }

    [Fact]
    public void Push_allocates_nothing()
    {
        var smoother = new PosteriorSmoother(6, 5);
        var smoothed = new float[5];
        smoother.Push(smoothed, smoothed);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int step = 0; step < 100; step++)
        {
            smoother.Push(smoothed, smoothed);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Lengths_and_sizes_out_of_range_are_refused()
    {
        Assert.Equal("steps", Assert.Throws<ArgumentOutOfRangeException>(() => _ = new PosteriorSmoother(0, 1)).ParamName);
        Assert.Equal("outputs", Assert.Throws<ArgumentOutOfRangeException>(() => _ = new PosteriorSmoother(1, 0)).ParamName);
        Assert.Equal("steps", Assert.Throws<ArgumentOutOfRangeException>(() => _ = new PosteriorSmoother([])).ParamName);
        Assert.Equal("steps", Assert.Throws<ArgumentOutOfRangeException>(() => _ = new PosteriorSmoother([3, 0])).ParamName);
        PosteriorSmoother smoother = new(2, 3);
        Assert.Equal("posteriors", Assert.Throws<ArgumentException>(() => smoother.Push(new float[2], new float[3])).ParamName);
        Assert.Equal("smoothed", Assert.Throws<ArgumentException>(() => smoother.Push(new float[3], new float[4])).ParamName);
    }
}
