using Seq.Embedded.Audio;

namespace Seq.Embedded.Tests.Audio;

public class WavReaderTests
{
    /// <summary>The values -1, -0.5, 0, 0.25 in every encoding, and the largest value there is.</summary>
    public static TheoryData<int, int, byte[], float> Encodings => new()
    {
        { 1, 8, [0x00, 0x40, 0x80, 0xA0, 0xFF], 127f / 128 },
        { 1, 16, [0x00, 0x80, 0x00, 0xC0, 0, 0, 0x00, 0x20, 0xFF, 0x7F], 32767f / 32768 },
        { 1, 24, [0, 0, 0x80, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0x20, 0xFF, 0xFF, 0x7F], 8388607f / 8388608 },
        { 1, 32, [0, 0, 0, 0x80, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0, 0x20, 0xFF, 0xFF, 0xFF, 0x7F], 1f },
        { 3, 32, Floats(-1f, -0.5f, 0f, 0.25f, 1.5f), 1.5f },
        { 3, 64, Doubles(-1, -0.5, 0, 0.25, 1.5), 1.5f },
    };

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Read_every_encoding_gives_the_stored_values(int tag, int bits, byte[] data, float last)
    {
        float[] expected = [-1f, -0.5f, 0f, 0.25f, last];
        byte[] plain = WavBytes.Simple(tag, bits, 1, 16000, data);
        byte[] extensible = new WavBytes().Extensible(tag, bits, bits, 1, 16000).Chunk("data", data).ToArray();
        foreach (byte[] file in new[] { plain, extensible })
        {
            foreach (Stream stream in new Stream[] { new MemoryStream(file), new TrickleStream(file, 1), new TrickleStream(file, 7) })
            {
                using var reader = new WavReader(stream, "x.wav");
                Assert.Equal((16000, 1, bits, (WavEncoding)tag, 5L),
                    (reader.SampleRate, reader.Channels, reader.BitsPerSample, reader.Encoding, reader.FrameCount));
                Assert.Equal(expected, ReadAll(reader));
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(8)]
    public void ReadMono_averages_the_channels(int channels)
    {
        var random = new Random(channels);
        short[] samples = Enumerable.Range(0, 20_000 * channels).Select(_ => (short)random.Next(-32768, 32768)).ToArray();
        byte[] file = WavBytes.Simple(1, 16, channels, 48000, Int16(samples));
        float[] mono = WavFile.ReadMono(new MemoryStream(file), "x.wav", 48000);
        Assert.Equal(20_000, mono.Length);
        for (int frame = 0; frame < mono.Length; frame++)
        {
            double expected = samples.AsSpan(frame * channels, channels).ToArray().Average(s => s / 32768.0);
            Assert.Equal(expected, mono[frame], 1e-6);
        }

        Assert.Equal(mono, WavFile.ReadMono(new TrickleStream(file, 1001), "x.wav", 48000));
    }

    [Fact]
    public void Read_odd_and_unknown_chunks_around_the_data_are_skipped()
    {
        byte[] file = new WavBytes()
            .Chunk("LIST", [1, 2, 3])
            .Chunk("bext", new byte[5000])
            .Format(1, 8, 1, 8000)
            .Chunk("fact", [0])
            .Chunk("data", [0x80, 0xC0, 0x40])
            .Chunk("LIST", [9, 9, 9, 9])
            .ToArray();
        foreach (Stream stream in new Stream[] { new MemoryStream(file), new TrickleStream(file, 3) })
        {
            using var reader = new WavReader(stream, "x.wav");
            Assert.Equal(3, reader.FrameCount);
            Assert.Equal([0f, 0.5f, -0.5f], ReadAll(reader));
        }
    }

    /// <summary>Data and RIFF sizes as ffmpeg, sox, arecord and interrupted recorders leave them.</summary>
    [Theory]
    [InlineData(0xFFFFFFFFu, 0xFFFFFFFFu)]
    [InlineData(0x7FFFFFDCu, 0x80000000u)]
    [InlineData(0x7FFFF000u, 0x7FFFF024u)]
    [InlineData(0u, 0u)]
    [InlineData(0u, 36u)]
    [InlineData(0u, 0xFFFFFFFFu)]
    public void Read_size_never_filled_in_reads_to_the_end(uint dataSize, uint riffSize)
    {
        byte[] data = Int16(100, 200, 300);
        byte[] file = new WavBytes().Format(1, 16, 1, 16000).Chunk("data", [.. data, 1], dataSize).ToArray(riffSize)[..^1];
        bool empty = dataSize == 0 && riffSize == 0xFFFFFFFF; // RIFF says that more follows: an empty recording is what is stated
        float[] expected = empty ? [] : [100f / 32768, 200f / 32768, 300f / 32768];
        using var seekable = new WavReader(new MemoryStream(file), "x.wav");
        Assert.Equal(expected.Length, seekable.FrameCount);
        Assert.Equal(expected, ReadAll(seekable));
        using var pipe = new WavReader(new TrickleStream(file, 5), "x.wav");
        Assert.Equal(empty ? 0L : null, pipe.FrameCount);
        Assert.Equal(expected, ReadAll(pipe));
        Assert.Equal(expected, WavFile.ReadMono(new TrickleStream(file, 4), "x.wav", 16000));
    }

    [Fact]
    public void Read_empty_data_followed_by_another_chunk_is_an_empty_recording()
    {
        byte[] file = new WavBytes().Format(1, 16, 1, 16000).Chunk("data", []).Chunk("LIST", [1, 2, 3, 4]).ToArray();
        using var reader = new WavReader(new MemoryStream(file), "x.wav");
        Assert.Equal(0, reader.FrameCount);
        Assert.Empty(ReadAll(reader));
        Assert.Empty(WavFile.ReadMono(new MemoryStream(file), "x.wav", 8000));
    }

    [Fact]
    public void Read_data_that_ends_within_a_frame_drops_the_rest()
    {
        byte[] file = WavBytes.Simple(1, 16, 2, 16000, [1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6]);
        using var reader = new WavReader(new MemoryStream(file), "x.wav");
        Assert.Equal(2, reader.FrameCount);
        Assert.Equal([1f / 32768, 2f / 32768, 3f / 32768, 4f / 32768], ReadAll(reader));
    }

    [Fact]
    public void Read_stream_that_starts_later_is_read_from_its_position()
    {
        byte[] file = [9, 9, 9, .. WavBytes.Simple(1, 16, 1, 16000, Int16(7))];
        var stream = new MemoryStream(file) { Position = 3 };
        using var reader = new WavReader(stream, "x.wav");
        Assert.Equal([7f / 32768], ReadAll(reader));
    }

    [Fact]
    public void Read_buffer_without_room_for_a_frame_throws()
    {
        using var reader = new WavReader(new MemoryStream(WavBytes.Simple(1, 16, 2, 16000, Int16(1, 2))), "x.wav");
        var error = Assert.Throws<ArgumentException>(() => reader.Read(new float[1]));
        Assert.Contains("one frame has 2", error.Message);
    }

    [Fact]
    public void Read_allocates_nothing()
    {
        byte[] file = WavBytes.Simple(1, 24, 2, 44100, new byte[6 * 20_000]);
        using var reader = new WavReader(new MemoryStream(file), "x.wav");
        float[] buffer = new float[1000];
        reader.Read(buffer);
        reader.ReadMono(buffer);
        long before = GC.GetAllocatedBytesForCurrentThread();
        int frames = 0;
        for (int read; (read = (frames & 1) == 0 ? reader.Read(buffer) : reader.ReadMono(buffer)) > 0;)
        {
            frames += read;
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(18_500, frames);
    }

    [Fact]
    public void Dispose_closes_the_stream_unless_told_otherwise()
    {
        byte[] file = WavBytes.Simple(1, 16, 1, 16000, Int16(1));
        var kept = new MemoryStream(file);
        new WavReader(kept, "x.wav", leaveOpen: true).Dispose();
        Assert.True(kept.CanRead);
        var closed = new MemoryStream(file);
        new WavReader(closed, "x.wav").Dispose();
        Assert.False(closed.CanRead);
        var failed = new MemoryStream([1, 2, 3]);
        Assert.Throws<AudioFormatException>(() => new WavReader(failed, "x.wav"));
        Assert.False(failed.CanRead);
    }

    internal static float[] ReadAll(WavReader reader)
    {
        var all = new List<float>();
        float[] buffer = new float[64 * reader.Channels];
        for (int frames; (frames = reader.Read(buffer)) > 0;)
        {
            all.AddRange(buffer.AsSpan(0, frames * reader.Channels));
        }

        return all.ToArray();
    }

    internal static byte[] Int16(params short[] values) => values.SelectMany(BitConverter.GetBytes).ToArray();

    private static byte[] Floats(params float[] values) => values.SelectMany(BitConverter.GetBytes).ToArray();

    private static byte[] Doubles(params double[] values) => values.SelectMany(BitConverter.GetBytes).ToArray();
}
