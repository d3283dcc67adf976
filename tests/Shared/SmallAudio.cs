using Seq.Embedded.Audio;

namespace Devices.Tests;

/// <summary>Small audio that tests make themselves: "words" that are gliding tones, and a background of anything but them.</summary>
internal static class SmallAudio
{
    public const int Rate = 16000;

    /// <summary>Glides up: the word "rise".</summary>
    public const string Rise = "rise";

    /// <summary>Glides down: the word "sink".</summary>
    public const string Sink = "sink";

    /// <summary>A clip with one word in it. The word ends at the second that is returned.</summary>
    public static float[] Word(string word, int variant, out double end, double before = 0.25, double after = 0.25)
    {
        Draws draws = Draws.For(1, (ulong)variant, word == Rise ? 1u : 2u);
        double length = draws.Uniform(0.35, 0.5);
        double low = draws.Uniform(400, 550);
        double high = low * draws.Uniform(3.5, 4.5);
        (double from, double to) = word == Rise ? (low, high) : (high, low);
        float[] samples = Silence(ref draws, before + length + after);
        AddGlide(samples, before, length, from, to, draws.Uniform(0.1, 0.4));
        end = before + length;
        return samples;
    }

    /// <summary>A clip with a third word in it: a low tone, then a high one.</summary>
    public static float[] Leap(int variant)
    {
        Draws draws = Draws.For(3, (ulong)variant, 0);
        double low = draws.Uniform(500, 650);
        double high = low * draws.Uniform(2.6, 3.2);
        double level = draws.Uniform(0.1, 0.4);
        float[] samples = Silence(ref draws, 1);
        AddGlide(samples, 0.25, 0.2, low, low, level);
        AddGlide(samples, 0.45, 0.25, high, high, level);
        return samples;
    }

    /// <summary>Seconds of steady tones, noise bursts and pauses: no word.</summary>
    public static float[] Background(int variant, double seconds)
    {
        Draws draws = Draws.For(2, (ulong)variant, 0);
        float[] samples = Silence(ref draws, seconds);
        for (double at = draws.Uniform(0, 0.2); at < seconds - 0.6;)
        {
            double length = draws.Uniform(0.1, 0.5);
            double pitch = draws.Uniform(300, 2500);
            if (draws.Chance(0.3))
            {
                AddBurst(ref draws, samples, at, length, 0.1f);
            }
            else
            {
                AddGlide(samples, at, length, pitch, pitch * draws.Uniform(0.97, 1.03), draws.Uniform(0.1, 0.4));
            }

            at += length + draws.Uniform(0.02, 0.3);
        }

        return samples;
    }

    /// <summary>A folder layout to train on: two keywords, running background and short background clips.</summary>
    public static void WriteTrainingFolders(string root, int clips)
    {
        for (int i = 0; i < clips; i++)
        {
            Write(Path.Combine(root, "data", Rise, $"{i}.wav"), Word(Rise, i, out _));
            Write(Path.Combine(root, "data", Sink, $"{i}.wav"), Word(Sink, i, out _));
        }

        for (int i = 0; i < 12; i++)
        {
            Write(Path.Combine(root, "background", $"{i}.wav"), Background(i, 8));
        }

        for (int i = 0; i < 40; i++)
        {
            Write(Path.Combine(root, "words", $"{i}.wav"), Background(100 + i, 1));
        }
    }

    public static void Write(string path, ReadOnlySpan<float> samples, int rate = Rate)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        WavWriter.Write(path, samples, rate);
    }

    /// <summary>Raw signed 16-bit little-endian samples.</summary>
    public static byte[] Raw(ReadOnlySpan<float> samples)
    {
        var bytes = new byte[2 * samples.Length];
        for (int i = 0; i < samples.Length; i++)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(2 * i), (short)MathF.Round(32767 * samples[i]));
        }

        return bytes;
    }

    private static float[] Silence(ref Draws draws, double seconds)
    {
        var samples = new float[(int)(seconds * Rate)];
        foreach (ref float sample in samples.AsSpan())
        {
            sample = 5e-4f * draws.Bell();
        }

        return samples;
    }

    /// <summary>A tone with two overtones whose pitch changes evenly in octaves.</summary>
    private static void AddGlide(float[] samples, double start, double length, double from, double to, double level)
    {
        int first = (int)(start * Rate);
        int count = (int)(length * Rate);
        double phase = 0;
        for (int i = 0; i < count; i++)
        {
            double part = (i + 0.5) / count;
            phase += 2 * Math.PI * from * Math.Pow(to / from, part) / Rate;
            double envelope = Math.Min(1, Math.Min(part, 1 - part) * 10);
            samples[first + i] += (float)(level * envelope * (Math.Sin(phase) + (0.4 * Math.Sin(2 * phase)) + (0.2 * Math.Sin(3 * phase))) / 1.6);
        }
    }

    private static void AddBurst(ref Draws draws, float[] samples, double start, double length, float level)
    {
        foreach (ref float sample in samples.AsSpan((int)(start * Rate), (int)(length * Rate)))
        {
            sample += level * draws.Bell();
        }
    }
}
