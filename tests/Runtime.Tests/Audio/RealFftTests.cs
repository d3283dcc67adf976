using System.Numerics;
using Seq.Embedded.Audio;
using Seq.Embedded.Audio.Kernels;

namespace Seq.Embedded.Tests.Audio;

public class RealFftTests
{
    [Theory]
    [InlineData(16, 16)]
    [InlineData(16, 5)]
    [InlineData(32, 32)]
    [InlineData(64, 63)]
    [InlineData(128, 100)]
    [InlineData(256, 256)]
    [InlineData(512, 400)]
    [InlineData(1024, 1024)]
    [InlineData(2048, 1999)]
    [InlineData(4096, 4096)]
    public void PowerSpectrum_matches_the_definition(int size, int length)
    {
        var random = new Random(size);
        float[] window = Enumerable.Range(0, length).Select(_ => (float)random.NextDouble()).ToArray();
        float[] frame = Enumerable.Range(0, length).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray();
        double[] expected = FeatureReference.PowerSpectrum(frame.Zip(window, (x, w) => (double)x * w).ToArray(), size);
        float[] actual = new float[size / 2 + 1];
        var fft = new RealFft(size);
        for (int repeat = 0; repeat < 2; repeat++) // nothing may be left over from the frame before
        {
            fft.PowerSpectrum(new float[length], window, actual);
            Assert.All(actual, value => Assert.Equal(0f, value));
            fft.PowerSpectrum(frame, window, actual);
            double largest = expected.Max();
            for (int k = 0; k < actual.Length; k++)
            {
                Assert.True(Math.Abs(expected[k] - actual[k]) < 2e-6 * largest, $"bin {k}: expected {expected[k]}, actual {actual[k]}");
            }
        }
    }

    [Fact]
    public void PowerSpectrum_tone_leaks_no_further_than_rounding()
    {
        float[] tone = Enumerable.Range(0, 512).Select(j => (float)Math.Cos(2 * Math.PI * 100 * j / 512)).ToArray();
        float[] power = new float[257];
        new RealFft(512).PowerSpectrum(tone, Enumerable.Repeat(1f, 512).ToArray(), power);
        Assert.Equal(65536f, power[100], 1f);
        power[100] = 0;
        Assert.True(power.Max() < 65536 * 1e-12);
    }

    [Fact]
    public void Log_matches_the_library()
    {
        var random = new Random(1);
        for (int i = 0; i < 100_000; i++)
        {
            float x = i < 50_000 ? MathF.Exp((float)(random.NextDouble() * 170 - 85)) : 1 + (float)(random.NextDouble() - 0.5) * 0.6f;
            double expected = Math.Log(x);
            double actual = VectorPower.Log(new Vector<float>(x))[0];
            Assert.True(Math.Abs(expected - actual) <= 2e-7 + 2e-7 * Math.Abs(expected), $"ln {x:R}: expected {expected}, actual {actual}");
        }

        Assert.Equal(0f, VectorPower.Log(Vector<float>.One)[0]);
    }

    [Fact]
    public void Exp_matches_the_library_and_saturates()
    {
        for (double x = -86.9; x < 87.9; x += 0.001)
        {
            double expected = Math.Exp((float)x);
            double actual = VectorPower.Exp(new Vector<float>((float)x))[0];
            Assert.True(Math.Abs(expected - actual) <= 2.5e-7 * expected, $"exp {x:R}: expected {expected}, actual {actual}");
        }

        Assert.Equal(1f, VectorPower.Exp(Vector<float>.Zero)[0]);
        Assert.Equal(Math.Exp(-87), VectorPower.Exp(new Vector<float>(float.NegativeInfinity))[0], 1e-44);
        Assert.True(float.IsFinite(VectorPower.Exp(new Vector<float>(float.PositiveInfinity))[0]));
    }
}
