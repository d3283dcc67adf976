using Seq.Embedded.Audio.Kernels;

namespace Seq.Embedded.Tests.Audio;

/// <summary>Frames, slopes and sums by themselves.</summary>
public class FrameTests
{
    [Theory]
    [InlineData(4, 2, true)]
    [InlineData(5, 2, true)]
    [InlineData(5, 7, true)]
    [InlineData(4, 1, false)]
    [InlineData(5, 3, false)]
    public void Centred_frames_are_those_of_the_padded_samples(int window, int hop, bool mirrors)
    {
        for (int length = 0; length <= 40; length++)
        {
            float[] x = [.. Enumerable.Range(1, length).Select(i => (float)i)];
            int before = window / 2, behind = window - before;
            float At(int i) => i >= 0 && i < length ? x[i] : !mirrors ? 0 : i < 0 ? x[-i] : x[(2 * (length - 1)) - i];
            List<float> expected = [];
            for (int t = 0; t * hop <= length && length > (mirrors ? behind : 0); t++)
            {
                expected.AddRange(Enumerable.Range((t * hop) - before, window).Select(At));
            }

            var frames = new CentredFrames(window, hop, mirrors);
            for (int piece = 1; piece <= 41; piece += 5)
            {
                frames.Reset();
                List<float> actual = [];
                foreach (float[] part in x.Chunk(piece))
                {
                    ReadOnlySpan<float> samples = part;
                    while (frames.TryTake(ref samples))
                    {
                        actual.AddRange(frames.Frame);
                        frames.Advance();
                    }
                }

                while (frames.TryEnd())
                {
                    actual.AddRange(frames.Frame);
                    frames.Advance();
                }

                Assert.Equal(expected, actual);
            }
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    [InlineData(2, 2)]
    [InlineData(2, 3)]
    public void Slopes_are_those_of_the_repeated_ends(int order, int reach)
    {
        var random = new Random(4);
        for (int count = 0; count <= 12; count++)
        {
            double[] c = [.. Enumerable.Range(0, count).Select(_ => (double)(float)random.NextDouble())];
            double[] d = Slopes(c, reach), dd = Slopes(d, reach);
            var frames = new DeltaFrames(1, order, reach);
            List<float> rows = [];
            int onTheWay = 0;
            foreach (double value in c)
            {
                if (frames.TryAdd([(float)value]))
                {
                    rows.AddRange(frames.Row);
                    onTheWay++;
                }
            }

            while (frames.TryEnd())
            {
                rows.AddRange(frames.Row);
            }

            Assert.Equal(Math.Max(0, count - (order * reach)), onTheWay);
            Assert.Equal(count * (1 + order), rows.Count);
            for (int t = 0; t < count; t++)
            {
                Assert.Equal(c[t], rows[t * (1 + order)], 1e-7);
                Assert.Equal(d[t], rows[(t * (1 + order)) + 1], 1e-6);
                if (order == 2)
                {
                    Assert.Equal(dd[t], rows[(t * 3) + 2], 1e-6);
                }
            }
        }
    }

    [Fact]
    public void Conditioning_takes_off_the_mean_and_raises_high_frequencies()
    {
        float[] x = [.. Enumerable.Range(0, 37).Select(i => (float)Math.Sin(i) + 0.5f)], y = new float[37];
        float mean = FrameConditioning.Mean(x);
        Assert.Equal(x.Average(value => (double)value), mean, 1e-6);
        FrameConditioning.Apply(x, mean, 0.9f, y);
        for (int j = 0; j < x.Length; j++)
        {
            Assert.Equal((x[j] - mean) - (0.9 * (x[Math.Max(0, j - 1)] - mean)), y[j], 1e-6);
        }

        Assert.Equal(Math.Log(4 * x.Sum(value => (value - (double)mean) * (value - mean))), FrameConditioning.LogEnergy(x, mean, 2, 1e-9f), 1e-5);
        Assert.Equal(Math.Log(3), FrameConditioning.LogEnergy(new float[37], 0, 1, 3), 1e-6);
    }

    [Fact]
    public void Transform_of_another_table_throws() =>
        Assert.Contains("2 x 3", Assert.Throws<ArgumentException>(() => FilterBank.Transform(new float[5], new float[3], new float[2])).Message, StringComparison.Ordinal);

    private static double[] Slopes(double[] c, int reach) =>
    [
        .. c.Select((_, t) => Enumerable.Range(1, reach).Sum(n => n * (c[Math.Min(t + n, c.Length - 1)] - c[Math.Max(t - n, 0)])) / (2 * Enumerable.Range(1, reach).Sum(n => n * n))),
    ];
}
