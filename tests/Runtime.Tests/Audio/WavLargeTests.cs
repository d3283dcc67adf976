using Seq.Embedded.Audio;

namespace Seq.Embedded.Tests.Audio;

/// <summary>RF64 and BW64: WAV files whose sizes have 64 bits.</summary>
public class WavLargeTests
{
    private static readonly byte[] s_data = WavReaderTests.Int16(100, -200, 300, -400);

    [Theory]
    [InlineData("RF64")]
    [InlineData("BW64")]
    public void Read_large_file_takes_the_size_from_its_own_chunk(string riff)
    {
        byte[] file = WavBytes.Large(8).Chunk("LIST", [1, 2, 3]).Format(1, 16, 2, 44100).Chunk("data", s_data, uint.MaxValue).Chunk("id3 ", [1, 2, 3, 4])
            .ToArray(uint.MaxValue, riff);
        foreach (Stream stream in new Stream[] { new MemoryStream(file), new TrickleStream(file, 5) })
        {
            using var reader = new WavReader(stream, "x.wav");
            Assert.Equal((44100, 2, 2L), (reader.SampleRate, reader.Channels, reader.FrameCount));
            Assert.Equal([100f / 32768, -200f / 32768, 300f / 32768, -400f / 32768], WavReaderTests.ReadAll(reader));
        }
    }

    [Fact]
    public void Read_large_file_with_a_small_data_chunk_believes_that()
    {
        byte[] file = WavBytes.Large(1_000_000).Format(1, 16, 1, 16000).Chunk("data", s_data).ToArray(riff: "RF64");
        using var reader = new WavReader(new MemoryStream(file), "x.wav");
        Assert.Equal(4, reader.FrameCount);
    }

    [Fact]
    public void Read_large_file_whose_size_was_never_filled_in_reads_to_the_end()
    {
        byte[] file = WavBytes.Large(0).Format(1, 16, 1, 16000).Chunk("data", s_data, uint.MaxValue).ToArray(uint.MaxValue, "RF64");
        foreach (Stream stream in new Stream[] { new MemoryStream(file), new TrickleStream(file, 5) })
        {
            using var reader = new WavReader(stream, "x.wav");
            Assert.Equal(4, WavReaderTests.ReadAll(reader).Length);
        }
    }

    [Fact]
    public void Read_ordinary_file_ignores_such_a_chunk()
    {
        byte[] file = WavBytes.Large(2).Format(1, 16, 1, 16000).Chunk("data", s_data, uint.MaxValue).ToArray();
        using var reader = new WavReader(new MemoryStream(file), "x.wav");
        Assert.Equal(4, WavReaderTests.ReadAll(reader).Length);
    }

    /// <summary>Five gigabytes of zeros, of which only what is read is made.</summary>
    [Fact]
    public void Read_more_than_four_gigabytes_counts_frames_in_64_bits()
    {
        const long size = 5_000_000_000;
        byte[] head = WavBytes.Large((ulong)size).Format(1, 16, 1, 16000).Chunk("data", [], uint.MaxValue).ToArray(uint.MaxValue, "RF64");
        using var reader = new WavReader(new TrickleStream(head, 1000), "x.wav");
        Assert.Equal(size / 2, reader.FrameCount);
        var error = Assert.Throws<AudioFormatException>(() => reader.Read(new float[10]));
        Assert.Contains("5000000000 bytes", error.Message);
    }
}
