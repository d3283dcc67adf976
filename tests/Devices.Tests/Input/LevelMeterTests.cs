using KeywordSpotter.Input;

namespace KeywordSpotter.Tests.Input;

public sealed class LevelMeterTests
{
    [Theory]
    [InlineData(1.0, 0, -3.0103)]
    [InlineData(0.5, -6.0206, -9.0309)]
    [InlineData(0.001, -60, -63.0103)]
    public void Push_sine_gives_its_peak_and_rms(double amplitude, double peak, double rms)
    {
        var meter = new LevelMeter(1600);

        meter.Push(Sine(amplitude, 1600));

        Assert.Equal(peak, meter.Peak, 0.001);
        Assert.Equal(rms, meter.Rms, 0.001);
        Assert.Equal((meter.Peak, meter.Rms), (meter.TotalPeak, meter.TotalRms));
        Assert.Equal((1600L, 1L, false), (meter.Samples, meter.Windows, meter.IsSilent));
    }

    [Fact]
    public void Push_shows_the_last_whole_window_and_the_total_of_all()
    {
        var meter = new LevelMeter(100);
        float[] loud = [.. Enumerable.Repeat(0.5f, 100)];
        float[] quiet = [.. Enumerable.Repeat(-0.05f, 100)];

        meter.Push([.. loud, .. quiet, .. loud.AsSpan(0, 99)]);

        Assert.Equal(-26.0206, meter.Peak, 0.001);
        Assert.Equal(-26.0206, meter.Rms, 0.001);
        Assert.Equal(-6.0206, meter.TotalPeak, 0.001);
        Assert.Equal(10 * Math.Log10(((199 * 0.25) + (100 * 0.0025)) / 299), meter.TotalRms, 0.001);
        Assert.Equal((299L, 2L), (meter.Samples, meter.Windows));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(250)]
    [InlineData(1000)]
    public void Push_in_pieces_is_the_same_as_at_once(int piece)
    {
        float[] samples = [.. Sine(1.2, 450), .. new float[137], .. Sine(0.3, 413), .. new float[150]];
        var whole = new LevelMeter(130);
        var pieces = new LevelMeter(130);

        whole.Push(samples);
        foreach (float[] block in samples.Chunk(piece))
        {
            pieces.Push(block);
        }

        Assert.Equal((whole.Peak, whole.TotalPeak, whole.Clipped), (pieces.Peak, pieces.TotalPeak, pieces.Clipped));
        Assert.Equal((whole.Windows, whole.Samples, whole.IsSilent), (pieces.Windows, pieces.Samples, pieces.IsSilent));
        Assert.Equal(150, pieces.TrailingZeros);
        Assert.Equal(whole.Rms, pieces.Rms, 1e-4);
        Assert.Equal(whole.TotalRms, pieces.TotalRms, 1e-4);
    }

    [Fact]
    public void Clipped_counts_samples_at_full_scale_of_either_sign()
    {
        var meter = new LevelMeter(10);

        meter.Push([32767f / 32768, -1, 32766f / 32768, 1.5f, 0, float.NaN, float.NegativeInfinity]);

        Assert.Equal((3, 2), (meter.Clipped, meter.NotFinite));
        Assert.Equal(20 * Math.Log10(1.5), meter.TotalPeak, 1e-6);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public void Push_samples_that_are_no_numbers_have_no_level(int count)
    {
        var meter = new LevelMeter(10);

        meter.Push([.. Enumerable.Repeat(float.NaN, count)]);
        Assert.Equal((LevelMeter.Floor, LevelMeter.Floor), (meter.TotalPeak, meter.TotalRms));
        Assert.Equal((count, 0L), (meter.NotFinite, meter.Clipped));
        meter.Push([.. Enumerable.Repeat(0.1f, 200)]);

        Assert.Equal((-20, -20), (meter.TotalPeak, meter.TotalRms), (a, b) => Math.Abs(a.Item1 - b.Item1) < 0.001 && Math.Abs(a.Item2 - b.Item2) < 0.001);
    }

    [Theory]
    [InlineData(1e30f)]
    [InlineData(-3e38f)]
    public void Push_wild_sample_is_taken_for_the_ceiling(float wild)
    {
        var meter = new LevelMeter(100);

        meter.Push([.. new float[99], wild, .. new float[100]]);

        Assert.Equal(20 * Math.Log10(LevelMeter.Ceiling), meter.TotalPeak, 1e-6);
        Assert.Equal((1, LevelMeter.Floor), (meter.Clipped, meter.Peak));
    }

    [Fact]
    public void StartLap_begins_peak_rms_and_clipping_anew()
    {
        var meter = new LevelMeter(10);

        meter.Push([1, -1, float.NaN, 0.5f]);
        meter.StartLap();
        Assert.Equal((LevelMeter.Floor, LevelMeter.Floor, 0L), (meter.LapPeak, meter.LapRms, meter.LapClipped));
        meter.Push([.. Enumerable.Repeat(-0.01f, 50)]);

        Assert.Equal(-40, meter.LapPeak, 0.001);
        Assert.Equal(-40, meter.LapRms, 0.001);
        Assert.Equal((0L, 2L, 0.0), (meter.LapClipped, meter.Clipped, meter.TotalPeak));
    }

    [Fact]
    public void IsSilent_needs_a_whole_window_of_zeros()
    {
        var meter = new LevelMeter(100);

        meter.Push(new float[99]);
        Assert.False(meter.IsSilent);
        meter.Push(new float[1]);
        Assert.True(meter.IsSilent);
        Assert.Equal((LevelMeter.Floor, LevelMeter.Floor), (meter.Peak, meter.Rms));
        meter.Push([1e-9f]);
        Assert.False(meter.IsSilent);
        meter.Push(new float[100]);
        Assert.True(meter.IsSilent);
    }

    [Fact]
    public void Reset_starts_again()
    {
        var meter = new LevelMeter(3);

        meter.Push([1, 1, 1, 1]);
        meter.Reset();

        Assert.Equal((LevelMeter.Floor, LevelMeter.Floor, LevelMeter.Floor, LevelMeter.Floor), (meter.Peak, meter.Rms, meter.TotalPeak, meter.TotalRms));
        Assert.Equal((0L, 0L, 0L, 0L), (meter.Samples, meter.Clipped, meter.Windows, meter.TrailingZeros));
        meter.Push([0.5f, 0.5f]);
        Assert.Equal(0, meter.Windows);
    }

    [Fact]
    public void Push_allocates_nothing()
    {
        var meter = new LevelMeter(160);
        float[] block = Sine(0.5, 1600);
        meter.Push(block);
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < 1000; i++)
        {
            meter.Push(block);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static float[] Sine(double amplitude, int count) =>
        [.. Enumerable.Range(0, count).Select(i => (float)(amplitude * Math.Sin(2 * Math.PI * i / 16)))];
}
