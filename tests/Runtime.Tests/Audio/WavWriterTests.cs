using Seq.Embedded.Audio;

namespace Seq.Embedded.Tests.Audio;

public class WavWriterTests
{
    [Fact]
    public void Write_then_ReadMono_every_16_bit_value_is_unchanged()
    {
        float[] samples = Enumerable.Range(-32768, 65536).Select(i => i / 32768f).ToArray();
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".wav");
        try
        {
            WavWriter.Write(path, new float[100_000], 16000); // a longer file is replaced, not overwritten in part
            WavWriter.Write(path, samples, 16000);
            Assert.Equal(44 + 2 * 65536, new FileInfo(path).Length);
            Assert.Equal(samples, WavFile.ReadMono(path, 16000));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Write_matches_the_format_byte_for_byte()
    {
        byte[] expected = WavBytes.Simple(1, 16, 2, 44100, WavReaderTests.Int16(0, 16384, -16384, 1));
        var stream = new MemoryStream();
        WavWriter.Write(stream, [0f, 0.5f, -0.5f, 1f / 32768], 44100, 2);
        Assert.Equal(expected, stream.ToArray());
    }

    [Fact]
    public void Write_out_of_range_is_clipped_and_NaN_is_silence()
    {
        var stream = new MemoryStream();
        WavWriter.Write(stream, [1f, 2f, -1f, -3f, float.PositiveInfinity, float.NegativeInfinity, float.NaN, 0.6f / 32768], 8000, 1);
        stream.Position = 0;
        using var reader = new WavReader(stream, "x.wav");
        float most = 32767f / 32768;
        Assert.Equal([most, most, -1f, -1f, most, -1f, 0f, 1f / 32768], WavReaderTests.ReadAll(reader));
    }

    [Fact]
    public void Write_wrong_arguments_throw()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => WavWriter.Write(new MemoryStream(), [0f], 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => WavWriter.Write(new MemoryStream(), [0f], 8000, 9));
        var error = Assert.Throws<ArgumentException>(() => WavWriter.Write(new MemoryStream(), [0f, 0f, 0f], 8000, 2));
        Assert.Contains("3 samples", error.Message);
    }
}
