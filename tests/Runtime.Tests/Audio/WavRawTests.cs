using Seq.Embedded.Audio;

namespace Seq.Embedded.Tests.Audio;

/// <summary>A-law and mu-law, and samples without a header.</summary>
public class WavRawTests
{
    // Codes and values as the tables of ITU-T G.711 have them, in 16 bits.
    private static readonly byte[] s_muLaw = [0x00, 0x01, 0x10, 0x7E, 0x7F, 0xFF, 0xFE, 0xF0, 0xEF, 0x90, 0x8F, 0x81, 0x80];
    private static readonly int[] s_muLawValues = [-32124, -31100, -15996, -8, 0, 0, 8, 120, 132, 15996, 16764, 31100, 32124];
    private static readonly byte[] s_aLaw = [0x2A, 0x00, 0x01, 0x54, 0x55, 0xD5, 0xD4, 0xC5, 0x81, 0x80, 0xAA];
    private static readonly int[] s_aLawValues = [-32256, -5504, -5248, -24, -8, 8, 24, 264, 5248, 5504, 32256];

    [Fact]
    public void Read_mu_law_gives_the_values_of_the_standard() => AssertCompanded(7, s_muLaw, s_muLawValues);

    [Fact]
    public void Read_A_law_gives_the_values_of_the_standard() => AssertCompanded(6, s_aLaw, s_aLawValues);

    /// <summary>Each code is one step of a staircase: magnitudes grow with the code, by steps that double with each segment.</summary>
    [Theory]
    [InlineData(WavEncoding.MuLaw, 0xFF, 8, 1024)]
    [InlineData(WavEncoding.ALaw, 0x55, 16, 1024)]
    public void Read_companded_codes_rise_in_steps_that_double(WavEncoding encoding, byte inverted, int first, int last)
    {
        byte[] codes = [.. Enumerable.Range(0, 128).Select(i => (byte)((encoding == WavEncoding.ALaw ? i | 0x80 : i) ^ inverted))];
        float[] values = ReadRaw(codes, encoding, 8, 1);
        int[] steps = [.. Enumerable.Range(1, 127).Select(i => (int)((values[i] - values[i - 1]) * 32768))];

        Assert.All(steps, step => Assert.True(step > 0));
        Assert.Equal(first, steps[0]);
        Assert.Equal(last, steps[^1]);
        Assert.All(steps.Skip(1).Zip(steps), pair => Assert.InRange(pair.First / (double)pair.Second, 1, 2));
    }

    [Theory]
    [InlineData(WavEncoding.Pcm, 8, new byte[] { 0x00, 0xC0 }, -1f, 0.5f)]
    [InlineData(WavEncoding.Pcm, 16, new byte[] { 0x00, 0x80, 0x00, 0x40 }, -1f, 0.5f)]
    [InlineData(WavEncoding.Pcm, 24, new byte[] { 0, 0, 0x80, 0, 0, 0x40 }, -1f, 0.5f)]
    [InlineData(WavEncoding.Pcm, 32, new byte[] { 0, 0, 0, 0x80, 0, 0, 0, 0x40 }, -1f, 0.5f)]
    [InlineData(WavEncoding.Float, 32, new byte[] { 0, 0, 0x80, 0xBF, 0, 0, 0, 0x3F }, -1f, 0.5f)]
    public void OpenRaw_reads_every_encoding(WavEncoding encoding, int bits, byte[] data, float first, float second)
    {
        Assert.Equal([first, second], ReadRaw(data, encoding, bits, 1));
        Assert.Equal([first, second], ReadRaw(data, encoding, bits, 2));
    }

    [Fact]
    public void OpenRaw_counts_the_bytes_that_fill_no_frame()
    {
        using WavReader reader = WavReader.OpenRaw(new TrickleStream(new byte[32 * 2 * 3 + 7], 11), "pipe", WavEncoding.Pcm, 16, 48000, 32);

        Assert.Equal(3 * 32, WavReaderTests.ReadAll(reader).Length);
        Assert.Equal((48000, 32, 7), (reader.SampleRate, reader.Channels, reader.LeftoverBytes));
        Assert.Null(reader.FrameCount);
    }

    [Fact]
    public void OpenRaw_what_is_not_supported_throws_naming_what_is()
    {
        static void Open(WavEncoding encoding = WavEncoding.Pcm, int bits = 16, int rate = 16000, int channels = 1) =>
            WavReader.OpenRaw(Stream.Null, "x", encoding, bits, rate, channels);

        Assert.Contains("MuLaw of 16 bits", Assert.Throws<ArgumentException>(() => Open(WavEncoding.MuLaw)).Message);
        Assert.Contains("Pcm of 12 bits", Assert.Throws<ArgumentException>(() => Open(bits: 12)).Message);
        Assert.Throws<ArgumentException>(() => Open((WavEncoding)2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Open(rate: 999));
        Assert.Throws<ArgumentOutOfRangeException>(() => Open(channels: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Open(channels: 33));
    }

    [Fact]
    public void IsWav_tells_a_header_from_samples()
    {
        byte[] file = WavBytes.Simple(1, 16, 1, 16000, [1, 2]);

        Assert.True(WavReader.IsWav(file));
        Assert.True(WavReader.IsWav(file.AsSpan(0, 12)));
        Assert.False(WavReader.IsWav(file.AsSpan(0, 11)));
        Assert.False(WavReader.IsWav(new byte[100]));
        Assert.True(WavReader.IsWav(WavBytes.Large(2).ToArray(riff: "RF64")));
    }

    [Fact]
    public void Select_takes_one_channel()
    {
        float[] interleaved = [1, 2, 3, 4, 5, 6];
        float[] mono = new float[2];

        ChannelMixer.Select(interleaved, 3, 1, mono);
        Assert.Equal([2, 5], mono);
        Assert.Throws<ArgumentOutOfRangeException>(() => ChannelMixer.Select(interleaved, 3, 3, mono));
        Assert.Throws<ArgumentOutOfRangeException>(() => ChannelMixer.Select(interleaved, 3, -1, mono));
        Assert.Throws<ArgumentException>(() => ChannelMixer.Select(interleaved, 4, 0, mono));
    }

    private static void AssertCompanded(int tag, byte[] codes, int[] values)
    {
        float[] expected = Array.ConvertAll(values, value => value / 32768f);
        Assert.Equal(expected, ReadRaw(codes, (WavEncoding)tag, 8, 1));
        byte[][] files = [WavBytes.Simple(tag, 8, 1, 8000, codes), new WavBytes().Extensible(tag, 8, 8, 1, 8000).Chunk("data", codes).ToArray()];
        foreach (byte[] file in files)
        {
            using var reader = new WavReader(new MemoryStream(file), "x.wav");
            Assert.Equal(((WavEncoding)tag, 8, 8000), (reader.Encoding, reader.BitsPerSample, reader.SampleRate));
            Assert.Equal(expected, WavReaderTests.ReadAll(reader));
        }
    }

    private static float[] ReadRaw(byte[] data, WavEncoding encoding, int bits, int channels)
    {
        using WavReader reader = WavReader.OpenRaw(new TrickleStream(data, 3), "raw", encoding, bits, 16000, channels);
        return WavReaderTests.ReadAll(reader);
    }
}
