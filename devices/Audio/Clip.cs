namespace Devices.Audio;

/// <summary>A piece of audio held in memory: mono, 16 bit, at the model's sample rate.</summary>
internal sealed class Clip
{
    private const float ToFloat = 1f / 32768;

    public Clip(string name, short[] samples, int sampleRate)
    {
        Name = name;
        Samples = samples;
        Shape = ClipShape.Measure(samples, sampleRate);
    }

    /// <summary>Path of the file, for messages and hashing.</summary>
    public string Name { get; }

    /// <summary>Signed 16-bit samples.</summary>
    public short[] Samples { get; }

    public ClipShape Shape { get; }

    /// <summary>Samples from <paramref name="start"/> on, scaled to +-1.</summary>
    public void CopyTo(int start, Span<float> destination)
    {
        ReadOnlySpan<short> source = Samples.AsSpan(start, destination.Length);
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = source[i] * ToFloat;
        }
    }

    public float[] ToFloats()
    {
        var samples = new float[Samples.Length];
        CopyTo(0, samples);
        return samples;
    }

    /// <summary>Rounds +-1 to 16 bit; louder samples are clipped.</summary>
    public static short[] Quantise(ReadOnlySpan<float> samples)
    {
        var result = new short[samples.Length];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = (short)Math.Clamp(MathF.Round(samples[i] * 32768), short.MinValue, short.MaxValue);
        }

        return result;
    }
}
