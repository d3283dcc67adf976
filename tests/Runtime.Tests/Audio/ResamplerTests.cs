using Seq.Embedded.Audio;

namespace Seq.Embedded.Tests.Audio;

public class ResamplerTests
{
    public static TheoryData<int, int> Rates => new()
    {
        { 44100, 16000 }, { 48000, 16000 }, { 32000, 16000 }, { 8000, 16000 }, { 11025, 16000 }, { 22050, 16000 },
        { 16000, 11025 }, { 16000, 44100 }, { 44101, 16000 }, { 16001, 16000 }, { 15999, 16000 }, { 192000, 16000 }, { 1000, 7919 },
    };

    /// <summary>A tone in the pass band comes out as the same tone at the same time; the bound is 80 dB below the tone.</summary>
    [Theory]
    [MemberData(nameof(Rates))]
    public void Resample_pass_band_keeps_tones_and_their_time(int from, int to)
    {
        double nyquist = Math.Min(from, to) / 2.0;
        foreach (double relative in new[] { 0.001, 0.1, 0.5, 0.8, 0.92 })
        {
            float[] output = Resampler.Resample(Tone(relative * nyquist, from), from, to);
            double largest = 0;
            for (int i = output.Length / 4; i < output.Length * 3 / 4; i++)
            {
                largest = Math.Max(largest, Math.Abs(output[i] - Math.Cos(2 * Math.PI * relative * nyquist * i / to + 0.3)));
            }

            Assert.True(largest < 1e-4, $"{from} to {to} Hz, {relative} of Nyquist: error {largest}");
        }
    }

    [Theory]
    [MemberData(nameof(Rates))]
    public void Resample_stop_band_is_80_dB_down(int from, int to)
    {
        double nyquist = to / 2.0;
        foreach (double relative in new[] { 1.001, 1.02, 1.2, 1.5, 2.0, 2.5, 3.3 })
        {
            if (relative * nyquist > from / 2.0)
            {
                break;
            }

            float[] output = Resampler.Resample(Tone(relative * nyquist, from), from, to);
            double energy = output.Skip(output.Length / 4).Take(output.Length / 2).Average(y => (double)y * y);
            Assert.True(2 * energy < 1e-8, $"{from} to {to} Hz, {relative} of Nyquist: {10 * Math.Log10(2 * energy):F1} dB");
        }
    }

    /// <summary>Upsampling must not leave images of the input's spectrum above its Nyquist frequency.</summary>
    [Fact]
    public void Resample_up_leaves_no_images()
    {
        float[] output = Resampler.Resample(Tone(3000, 8000), 8000, 16000);
        (double re, double im) = (0, 0);
        int first = output.Length / 4;
        int count = output.Length / 2 / 16 * 16; // whole periods of 5,000 Hz
        for (int i = first; i < first + count; i++)
        {
            re += output[i] * Math.Cos(2 * Math.PI * 5000 * i / 16000);
            im += output[i] * Math.Sin(2 * Math.PI * 5000 * i / 16000);
        }

        Assert.True(2 * Math.Sqrt(re * re + im * im) / count < 1e-4);
    }

    [Theory]
    [MemberData(nameof(Rates))]
    public void Process_any_split_gives_the_same_bits_as_the_whole(int from, int to)
    {
        float[] input = Noise(7000);
        float[] whole = Resampler.Resample(input, from, to);
        var resampler = new Resampler(from, to);
        Assert.Equal(resampler.OutputCount(input.Length), whole.Length);
        Assert.Equal(((long)input.Length * to + from - 1) / from, whole.Length);
        var random = new Random(1);
        foreach (int most in new[] { 1, 50, 5000 })
        {
            var pieces = new List<float>();
            for (int start = 0; start < input.Length;)
            {
                int count = Math.Min(random.Next(0, most + 1), input.Length - start);
                float[] output = new float[resampler.GetMaxOutput(count)];
                pieces.AddRange(output.AsSpan(0, resampler.Process(input.AsSpan(start, count), output)));
                start += count;
            }

            float[] rest = new float[resampler.GetMaxOutput(0)];
            pieces.AddRange(rest.AsSpan(0, resampler.Flush(rest))); // resets, so that the next round starts afresh
            Assert.Equal(whole, pieces);
        }
    }

    [Fact]
    public void Resample_constant_stays_that_constant_inside()
    {
        foreach ((int from, int to) in new[] { (44100, 16000), (11025, 16000), (44101, 16000) })
        {
            float[] output = Resampler.Resample(Enumerable.Repeat(0.5f, 8000).ToArray(), from, to);
            Assert.All(output[(output.Length / 4)..(output.Length * 3 / 4)], y => Assert.Equal(0.5f, y, 1e-6f));
        }
    }

    [Fact]
    public void Resample_click_stays_at_its_time()
    {
        float[] input = new float[48000];
        input[24000] = 1;
        float[] output = Resampler.Resample(input, 48000, 16000);
        Assert.Equal(8000, Array.IndexOf(output, output.Max()));
        for (int i = 1; i < 100; i++)
        {
            Assert.Equal(output[8000 - i], output[8000 + i], 1e-7f);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(500)]
    public void Resample_short_input_gives_the_stated_count(int length)
    {
        foreach (object[] rates in Rates.Select(row => new object[] { row.Data.Item1, row.Data.Item2 }))
        {
            (int from, int to) = ((int)rates[0], (int)rates[1]);
            float[] output = Resampler.Resample(Noise(length), from, to);
            Assert.Equal((length * to + from - 1) / from, output.Length);
            Assert.All(output, y => Assert.True(Math.Abs(y) < 2));
        }
    }

    [Fact]
    public void Process_equal_rates_copies()
    {
        float[] input = Noise(1000);
        Assert.Equal(input, Resampler.Resample(input, 16000, 16000));
    }

    [Fact]
    public void Process_NaN_does_not_outlast_the_filter()
    {
        float[] input = Noise(8000);
        float[] clean = Resampler.Resample(input, 48000, 16000);
        input[3000] = float.NaN;
        float[] output = Resampler.Resample(input, 48000, 16000);
        Assert.Contains(output, float.IsNaN);
        Assert.Equal(clean[..900], output[..900]);
        Assert.Equal(clean[1100..], output[1100..]);
    }

    [Fact]
    public void Process_allocates_nothing()
    {
        var resampler = new Resampler(44100, 16000);
        float[] input = Noise(441);
        float[] output = new float[resampler.GetMaxOutput(input.Length)];
        resampler.Process(input, output);
        resampler.Flush(output);
        long before = GC.GetAllocatedBytesForCurrentThread();
        int made = 0;
        for (int i = 0; i < 100; i++)
        {
            made += resampler.Process(input, output);
        }

        made += resampler.Flush(output);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(16000, made);
    }

    [Fact]
    public void Process_too_short_output_and_wrong_rates_throw()
    {
        var resampler = new Resampler(8000, 16000);
        var error = Assert.Throws<ArgumentException>(() => resampler.Process(new float[100], new float[100]));
        Assert.Contains("room for 100 samples", error.Message);
        Assert.Throws<ArgumentException>(() => resampler.Flush([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Resampler(0, 16000));
        error = Assert.Throws<ArgumentOutOfRangeException>(() => new Resampler(16000, 999));
        Assert.Contains("1000 to 768000", error.Message);
    }

    /// <summary>Extreme ratios must not ask for gigabytes.</summary>
    [Theory]
    [InlineData(767999, 1000)]
    [InlineData(1000, 767999)]
    [InlineData(767999, 767998)]
    public void Constructor_table_stays_small(int from, int to)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        _ = new Resampler(from, to);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4_000_000);
    }

    private static float[] Tone(double hz, int rate)
    {
        float[] samples = new float[Math.Max(4000, 4 * rate / 16)];
        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] = (float)Math.Cos(2 * Math.PI * hz * i / rate + 0.3);
        }

        return samples;
    }

    private static float[] Noise(int count)
    {
        var random = new Random(7);
        return Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray();
    }
}
