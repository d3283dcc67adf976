using Seq.Embedded.Audio;

namespace KeywordSpotter.Tests.Input;

/// <summary>What is asked of devices that offer little.</summary>
public sealed class AlsaNegotiationTests
{
    [Theory]
    [InlineData("1-2", "8000-192000", "S16_LE S32_LE", 1, 16000, 1, "S16_LE")] // whatever one wants
    [InlineData("2", "48000", "S32_LE", 1, 48000, 2, "S32_LE")]
    [InlineData("1", "44100", "S16_LE", 1, 44100, 1, "S16_LE")]
    [InlineData("2", "44100 48000", "S24_3LE", 1, 48000, 2, "S24_3LE")]
    [InlineData("2", "8000 96000", "FLOAT_LE", 1, 96000, 2, "FLOAT_LE")] // speech needs more than 8,000
    [InlineData("1", "8000", "MU_LAW", 1, 8000, 1, "MU_LAW")]
    [InlineData("1", "8000 11025", "U8", 1, 11025, 1, "U8")]
    [InlineData("6", "16000", "S16_LE", 1, 16000, 6, "S16_LE")]        // an array of microphones, mixed
    [InlineData("6", "16000", "S16_LE", 3, 16000, 6, "S16_LE")]        // its third channel
    [InlineData("1-10000", "8000-192000", "S16_LE", 3, 16000, 3, "S16_LE")] // a device that converts
    [InlineData("2", "16000-48000", "S24_LE", 2, 16000, 2, "S24_LE")]
    public void Choose_takes_what_is_offered(string channels, string rates, string formats, int fewest, int rate, int channelsChosen, string format)
    {
        AlsaSettings? chosen = AlsaNegotiation.Choose(new Offer(channels, rates, formats), 16000, fewest);

        Assert.Equal((rate, channelsChosen, format), (chosen!.Value.SampleRate, chosen.Value.Channels, chosen.Value.Format.Name));
    }

    [Theory]
    [InlineData("1-2", "16000", "S16_LE", 3)]      // no third channel
    [InlineData("64", "48000", "S16_LE", 1)]       // more channels than anybody speaks into
    [InlineData("1", "5512", "S16_LE", 1)]
    [InlineData("1", "16000", "IEC958_SUBFRAME_LE", 1)]
    public void Choose_device_without_anything_usable_gives_nothing(string channels, string rates, string formats, int fewest) =>
        Assert.Null(AlsaNegotiation.Choose(new Offer(channels, rates, formats), 16000, fewest));

    [Fact]
    public void Choose_takes_the_wanted_rate_where_it_is_offered() =>
        Assert.Equal(12345, AlsaNegotiation.Choose(new Offer("1", "8000-48000", "S16_LE"), 12345, 1)!.Value.SampleRate);

    [Fact]
    public void Read_24_bits_in_four_bytes_fill_the_scale()
    {
        var settings = new AlsaSettings(16000, 1, AlsaFormat.All.Single(format => format.Name == "S24_LE"));
        using var capture = new AlsaCapture("played", new Samples([0x400000, -0x400000, 0x7FC00000]), settings, CancellationToken.None);
        float[] samples = new float[3];

        Assert.Equal(3, capture.Read(samples));
        Assert.Equal([0.5f, -0.5f, -0.5f], samples); // of the third, the upper eight bits mean nothing
    }

    /// <summary>A device that offers ranges ("1-2") and single values.</summary>
    private sealed class Offer(string channels, string rates, string formats) : IAlsaParameters
    {
        public bool TryChooseChannels(int value) => Contains(channels, value);

        public bool TryChooseRate(int value) => Contains(rates, value);

        public bool TryChooseFormat(AlsaFormat format) => formats.Split(' ').Contains(format.Name);

        private static bool Contains(string ranges, int value) => ranges.Split(' ').Select(range => range.Split('-'))
            .Any(range => value >= int.Parse(range[0]) && value <= int.Parse(range[^1]));
    }

    private sealed class Samples(int[] values) : IAlsaPcm
    {
        public int Start() => 0;

        public int Wait(int milliseconds) => 1;

        public int Read(byte[] interleaved, int frames)
        {
            Buffer.BlockCopy(values, 0, interleaved, 0, sizeof(int) * values.Length);
            return values.Length;
        }

        public int Recover(int error) => throw new InvalidOperationException();

        public void Dispose()
        {
        }
    }
}
