using Seq.Embedded.Audio;

namespace Seq.Embedded.Tests.Audio;

/// <summary>Files that no program wrote: an <see cref="AudioFormatException"/> or audio, no other exception, and little memory.</summary>
public class WavFuzzTests
{
    private const int Rounds = 4000;
    private const int MostBytes = 1_000_000;

    private static readonly string[] s_codes = ["RIFF", "RF64", "BW64", "WAVE", "fmt ", "data", "ds64", "LIST", "fact"];
    private static readonly uint[] s_numbers = [0, 1, 2, 3, 6, 7, 8, 16, 18, 28, 40, 0xFFFE, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF];

    private static readonly byte[][] s_files =
    [
        WavBytes.Simple(1, 16, 2, 44100, new byte[80]),
        WavBytes.Simple(3, 64, 1, 8000, new byte[80]),
        WavBytes.Simple(7, 8, 8, 8000, new byte[80]),
        new WavBytes().Extensible(6, 8, 8, 3, 96000).Chunk("fact", [4, 0, 0, 0]).Chunk("data", new byte[81]).Chunk("LIST", [1]).ToArray(),
        WavBytes.Large(64).Format(1, 24, 1, 48000).Chunk("data", new byte[64], uint.MaxValue).ToArray(uint.MaxValue, "RF64"),
        new WavBytes().Format(1, 32, 1, 11025).Chunk("data", new byte[64], uint.MaxValue).ToArray(uint.MaxValue),
    ];

    [Fact]
    public void Read_mutated_file_gives_audio_or_an_audio_error_and_little_memory()
    {
        var random = new Random(3);
        int failed = 0;
        for (int round = 0; round < Rounds; round++)
        {
            failed += Read(Mutate(random, s_files[round % s_files.Length]), round) ? 0 : 1;
        }

        Assert.InRange(failed, Rounds / 20, Rounds * 19 / 20); // both happen
    }

    [Fact]
    public void Read_random_bytes_give_an_audio_error()
    {
        var random = new Random(4);
        for (int round = 0; round < Rounds; round++)
        {
            byte[] bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            Assert.False(Read(bytes, round));
        }
    }

    /// <summary>Words of the format in a random order, which gets further than random bytes.</summary>
    [Fact]
    public void Read_random_words_of_the_format_give_audio_or_an_audio_error()
    {
        var random = new Random(5);
        for (int round = 0; round < Rounds; round++)
        {
            byte[] file = [.. "RIFF"u8, .. BitConverter.GetBytes(Number(random)), .. "WAVE"u8, .. Enumerable.Range(0, random.Next(30)).SelectMany(_ => Word(random))];
            Read(file, round);
        }
    }

    private static byte[] Mutate(Random random, byte[] whole)
    {
        byte[] file = [.. whole];
        for (int change = random.Next(1, 4); change > 0; change--)
        {
            int at = random.Next(file.Length);
            switch (random.Next(5))
            {
                case 0:
                    file[at] = (byte)random.Next(256);
                    break;
                case 1:
                    file[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    file = [.. file.AsSpan(0, at), .. Word(random), .. file.AsSpan(at)];
                    break;
                case 3:
                    byte[] word = Word(random);
                    word.AsSpan(0, Math.Min(word.Length, file.Length - at)).CopyTo(file.AsSpan(at));
                    break;
                default:
                    file = random.Next(2) == 0 || file.Length < 60 ? [.. file, .. file] : file[..random.Next(40, file.Length)];
                    break;
            }
        }

        return file;
    }

    private static byte[] Word(Random random) => random.Next(2) == 0
        ? System.Text.Encoding.ASCII.GetBytes(s_codes[random.Next(s_codes.Length)])
        : BitConverter.GetBytes(Number(random));

    private static uint Number(Random random) => s_numbers[random.Next(s_numbers.Length)];

    /// <returns>Whether there was audio.</returns>
    private static bool Read(byte[] file, int round)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool readable = true;
        try
        {
            using var reader = new WavReader(round % 2 == 0 ? new MemoryStream(file) : new TrickleStream(file, 7), "x.wav");
            float[] block = new float[100];
            int frames = 0;
            for (int read = reader.Read(block); read > 0; read = reader.Read(block))
            {
                frames += read;
            }

            Assert.InRange(frames, 0, file.Length);
            if (round % 50 == 0)
            {
                // At once, which makes room for what the header says. At another rate, the filter would take most of the time.
                WavFile.ReadMono(new MemoryStream(file), "x.wav", reader.SampleRate);
            }
        }
        catch (AudioFormatException)
        {
            readable = false;
        }
        catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
        {
            Assert.Fail($"{exception.GetType().Name} for {Convert.ToHexString(file)}: {exception.Message}");
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < MostBytes, $"{allocated} bytes for a file of {file.Length}: {Convert.ToHexString(file)}");
        return readable;
    }
}
