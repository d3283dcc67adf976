using Seq.Embedded.Audio;

namespace Seq.Embedded.Tests.Audio;

public class WavMalformedTests
{
    private static readonly byte[] Data = WavReaderTests.Int16(1, 2, 3, 4);

    /// <summary>Each file, and what its message must say.</summary>
    public static TheoryData<string, byte[], string> Malformed => new()
    {
        { "empty", [], "is empty" },
        { "short", "RIFF"u8.ToArray(), "ends after 4 bytes" },
        { "other file", "OggS\0\0\0\0vorbis"u8.ToArray(), @"'OggS' and 'vorb'; a WAV file starts with 'RIFF' (or 'RF64' or 'BW64')" },
        { "big endian", Wav().ToArray(riff: "RIFX"), "'RIFX'" },
        { "not a wave", Wav().ToArray(form: "AVI "), "'AVI '" },
        { "unprintable", [1, 2, 0xFF, 0x41, .. new byte[8]], @"'\x01\x02\xFFA'" },
        { "no chunks", new WavBytes().ToArray(), "no fmt and no data chunk" },
        { "no data", new WavBytes().Format(1, 16, 1, 16000).ToArray(), "has no data chunk" },
        { "data first", new WavBytes().Chunk("data", Data).Format(1, 16, 1, 16000).ToArray(), "data chunk comes before any fmt chunk" },
        { "small fmt", new WavBytes().Chunk("fmt ", new byte[14]).Chunk("data", Data).ToArray(), "has 14 bytes; at least 16" },
        { "fmt cut", new WavBytes().Chunk("fmt ", new byte[10], 16).ToArray(), "chunk 'fmt ' states 16 bytes and only 10 follow" },
        { "chunk cut", new WavBytes().Chunk("LIST", [1, 2], 1_000_000_000).ToArray(), "chunk 'LIST' states 1000000000 bytes and only 2 follow" },
        { "data cut", new WavBytes().Format(1, 16, 1, 16000).Chunk("data", Data, 100).ToArray(), "truncated" },
        { "ADPCM", Wav(tag: 17, bits: 4).ToArray(), "format is 17 (IMA ADPCM); allowed are 1 (PCM), 3 (IEEE float), 6 (A-law) and 7 (mu-law)" },
        { "16 bit mu-law", Wav(tag: 7).ToArray(), "16 bits per sample; A-law and mu-law allow 8" },
        { "16 bit A-law", Wav(tag: 6).ToArray(), "16 bits per sample" },
        { "MP3", Wav(tag: 0x55).ToArray(), "85 (MP3)" },
        { "12 bits", Wav(bits: 12).ToArray(), "12 bits per sample; PCM allows 8, 16, 24 and 32" },
        { "64 bit PCM", Wav(bits: 64).ToArray(), "64 bits per sample" },
        { "16 bit float", Wav(tag: 3).ToArray(), "16 bits per sample; IEEE float allows 32 and 64" },
        { "no channels", Wav(channels: 0).ToArray(), "0 channels; allowed are 1 to 8" },
        { "9 channels", Wav(channels: 9).ToArray(), "9 channels" },
        { "rate 0", Wav(rate: 0).ToArray(), "sample rate is 0 Hz; allowed are 1000 to 768000" },
        { "rate -1", Wav(rate: -1).ToArray(), "4294967295 Hz" },
        { "block", WithBlock(3), "a frame (block) has 3 bytes; 1 channels of 16 bits need 2" },
        { "extension cut", new WavBytes().Format(0xFFFE, 16, 1, 16000).Chunk("data", Data).ToArray(), "extensible format has 16 bytes; at least 40" },
        { "valid bits", new WavBytes().Extensible(1, 16, 20, 1, 16000).Chunk("data", Data).ToArray(), "20 bits" },
        { "sub-format", new WavBytes().Extensible(2, 16, 16, 1, 16000).Chunk("data", Data).ToArray(), "2 (Microsoft ADPCM)" },
        { "other GUID", WithGuid(), "sub-format is" },
        { "RF64 without sizes", Wav(size: 0xFFFFFFFF).ToArray(0xFFFFFFFF, "RF64"), "leaves its size to a ds64 chunk" },
        { "RF64 sizes cut", WavBytes.Large(8, table: false).Format(1, 16, 1, 16000).Chunk("data", Data, 0xFFFFFFFF).ToArray(0xFFFFFFFF, "RF64"), "ds64 chunk has 24 bytes" },
        { "RF64 too large", Large(1UL << 63), "states 9223372036854775808 bytes of data" },
        { "RF64 cut", Large(100), "truncated" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void Read_malformed_file_throws_naming_file_and_problem(string name, byte[] file, string message)
    {
        foreach (Stream stream in new Stream[] { new MemoryStream(file), new TrickleStream(file, 3) })
        {
            var error = Assert.Throws<AudioFormatException>(() => WavFile.ReadMono(stream, name + ".wav", 16000));
            Assert.StartsWith(name + ".wav: ", error.Message);
            Assert.Contains(message, error.Message);
            Assert.Equal(name + ".wav", error.FileName);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_file_cut_anywhere_gives_an_error_or_the_samples_before_the_cut(bool streamed)
    {
        byte[] data = WavReaderTests.Int16(Enumerable.Range(1, 40).Select(i => (short)(i * 100)).ToArray());
        byte[] whole = new WavBytes().Chunk("LIST", [1, 2, 3]).Extensible(1, 16, 16, 2, 16000).Chunk("fact", [4, 0, 0, 0])
            .Chunk("data", data, streamed ? 0xFFFFFFFF : null).Chunk("id3 ", [1, 2, 3, 4, 5]).ToArray();
        float[] expected = Read(new MemoryStream(whole))!;
        Assert.True(streamed ? expected.Length > 40 : expected.Length == 40);
        int dataStart = whole.AsSpan().IndexOf("data"u8) + 8;
        for (int length = 0; length < whole.Length; length++)
        {
            byte[] cut = whole[..length];
            foreach (Stream stream in new Stream[] { new MemoryStream(cut), new TrickleStream(cut, 5) })
            {
                float[]? samples = Read(stream);
                bool readable = streamed ? length >= dataStart : length >= dataStart + data.Length;
                Assert.True(readable == (samples is not null), $"{length} of {whole.Length} bytes: {samples?.Length} samples");
                Assert.True(samples is null || expected.AsSpan().StartsWith(samples), $"{length} bytes: other samples");
            }
        }
    }

    [Fact]
    public void Read_random_damage_gives_samples_or_an_audio_error_and_little_memory()
    {
        byte[] whole = new WavBytes().Chunk("LIST", [1, 2, 3]).Extensible(1, 16, 16, 2, 16000)
            .Chunk("data", new byte[64]).Chunk("LIST", [1, 2, 3, 4, 5]).ToArray();
        var random = new Random(1);
        byte[] interesting = [0x00, 0x01, 0x03, 0x7F, 0x80, 0xFE, 0xFF];
        int failed = 0;
        for (int round = 0; round < 6000; round++)
        {
            byte[] file = whole.ToArray();
            for (int change = random.Next(1, 5); change > 0; change--)
            {
                file[random.Next(12, file.Length)] = random.Next(2) == 0
                    ? interesting[random.Next(interesting.Length)]
                    : (byte)random.Next(256);
            }

            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                WavFile.ReadMono(round % 2 == 0 ? new MemoryStream(file) : new TrickleStream(file, 9), "x.wav", 16000);
            }
            catch (AudioFormatException)
            {
                failed++;
            }

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < 8_000_000, $"{allocated} bytes for a file of {file.Length}: {Convert.ToHexString(file)}");
        }

        Assert.InRange(failed, 100, 5900);
    }

    [Fact]
    public void Read_pipe_that_ends_early_gives_its_frames_before_the_error()
    {
        byte[] file = new WavBytes().Format(1, 16, 1, 16000).Chunk("data", Data, 100).ToArray();
        using var reader = new WavReader(new TrickleStream(file, 1000), "x.wav");
        float[] buffer = new float[50];
        Assert.Equal(4, reader.Read(buffer));
        var error = Assert.Throws<AudioFormatException>(() => reader.Read(buffer));
        Assert.Contains("truncated: 92 bytes", error.Message);
    }

    [Fact]
    public void ReadMono_missing_file_names_it()
    {
        string path = Path.Combine(Path.GetTempPath(), "no-such-folder", "missing.wav");
        var error = Assert.ThrowsAny<IOException>(() => WavFile.ReadMono(path, 16000));
        Assert.Contains("missing.wav", error.Message);
    }

    private static float[]? Read(Stream stream)
    {
        try
        {
            using var reader = new WavReader(stream, "x.wav");
            return WavReaderTests.ReadAll(reader);
        }
        catch (AudioFormatException e)
        {
            Assert.StartsWith("x.wav: the file ", e.Message);
            return null;
        }
    }

    private static WavBytes Wav(int tag = 1, int bits = 16, int channels = 1, int rate = 16000, uint? size = null) =>
        new WavBytes().Format(tag, bits, channels, rate).Chunk("data", Data, size);

    private static byte[] Large(ulong size) =>
        WavBytes.Large(size).Format(1, 16, 1, 16000).Chunk("data", Data, 0xFFFFFFFF).ToArray(0xFFFFFFFF, "RF64");

    private static byte[] WithBlock(byte bytesPerFrame)
    {
        byte[] file = Wav().ToArray();
        file[32] = bytesPerFrame;
        return file;
    }

    private static byte[] WithGuid()
    {
        byte[] file = new WavBytes().Extensible(1, 16, 16, 1, 16000).Chunk("data", Data).ToArray();
        file[20 + 39] ^= 1;
        return file;
    }
}
