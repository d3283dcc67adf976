using System.Numerics.Tensors;

namespace Devices.Audio;

/// <summary>
/// Synthetic rooms: the direct sound and a tail of sparse pulses of random sign that decays by 60 dB ("velvet noise",
/// Karjalainen and Jarvinen 2007, sounds as smooth as dense noise from about 1,500 pulses per second on).
/// Sparse, so that a plain sum of shifted copies is as fast as convolution by FFT.
/// </summary>
internal sealed class Reverberation(int sampleRate)
{
    private const int PulsesPerSecond = 2000;
    private const int Block = 2048; // output samples at a time: block and pulses stay in the first-level cache
    private const double ShortestSeconds = 0.05;
    private const double LongestSeconds = 0.35;

    private readonly int[] _delays = new int[(int)(LongestSeconds * PulsesPerSecond) + 1];
    private readonly float[] _gains = new float[(int)(LongestSeconds * PulsesPerSecond) + 1];

    /// <summary>Writes the sound of <paramref name="dry"/> in a random room; the two must not overlap.</summary>
    public void Apply(ref Draws draws, ReadOnlySpan<float> dry, Span<float> wet)
    {
        int pulses = DrawTail(ref draws);

        // Direct against reverberant energy from -9 to +5 dB.
        float direct = (float)draws.Uniform(0.35, 1.85);
        for (int start = 0; start < dry.Length; start += Block)
        {
            int count = Math.Min(Block, dry.Length - start);
            Span<float> block = wet.Slice(start, count);
            TensorPrimitives.Multiply(dry.Slice(start, count), direct, block);
            for (int pulse = 0; pulse < pulses; pulse++)
            {
                int from = start - _delays[pulse];
                int skip = Math.Max(0, -from);
                if (skip >= count)
                {
                    break; // delays grow: all later pulses are silent here, too
                }

                Span<float> part = block[skip..];
                TensorPrimitives.MultiplyAdd(dry.Slice(from + skip, part.Length), _gains[pulse], part, part);
            }
        }
    }

    private int DrawTail(ref Draws draws)
    {
        double seconds = draws.Uniform(ShortestSeconds, LongestSeconds);
        int pulses = (int)(seconds * PulsesPerSecond);
        double spacing = sampleRate / (double)PulsesPerSecond;
        double energy = 0;
        for (int pulse = 0; pulse < pulses; pulse++)
        {
            double position = pulse + draws.Unit();
            double gain = Math.Exp(-6.9 * position / pulses); // 60 dB = a factor of e^6.9
            _delays[pulse] = 1 + (int)(position * spacing);
            _gains[pulse] = (float)(draws.Chance(0.5) ? gain : -gain);
            energy += gain * gain;
        }

        TensorPrimitives.Multiply(_gains.AsSpan(0, pulses), (float)(1 / Math.Sqrt(energy)), _gains.AsSpan(0, pulses));
        return pulses;
    }
}
