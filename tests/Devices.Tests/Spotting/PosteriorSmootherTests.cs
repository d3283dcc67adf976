using KeywordSpotter.Spotting;

namespace KeywordSpotter.Tests.Spotting;

public sealed class PosteriorSmootherTests
{
    [Fact]
    public void Push_gives_the_mean_of_the_last_steps()
    {
        var smoother = new PosteriorSmoother(3, 2);
        Draws draws = new(1);
        var rows = new List<float[]>();
        var smoothed = new float[2];
        for (int step = 0; step < 20; step++)
        {
            rows.Add([(float)draws.Unit(), (float)draws.Unit()]);
            smoother.Push(rows[^1], smoothed);
            for (int output = 0; output < 2; output++)
            {
                double expected = rows.TakeLast(3).Sum(row => (double)row[output]) / 3; // what is missing at the start counts as zero
                Assert.Equal(expected, smoothed[output], 1e-6);
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
}
