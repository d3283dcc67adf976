using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Seq.Embedded.Audio;

/// <summary>Stored samples to floats: integers are divided by 2^(bits - 1), so full scale is -1 to just below +1;
/// floats are passed on as they are, whatever they hold; codes of A-law and mu-law are looked up.</summary>
public static class SampleDecoder
{
    /// <summary>Whether samples may be stored so: PCM of 8, 16, 24 and 32 bits, floats of 32 and 64, A-law and mu-law of 8.</summary>
    public static bool IsSupported(WavEncoding encoding, int bits) => encoding switch
    {
        WavEncoding.Pcm => bits is 8 or 16 or 24 or 32,
        WavEncoding.Float => bits is 32 or 64,
        WavEncoding.ALaw or WavEncoding.MuLaw => bits is 8,
        _ => false,
    };

    /// <summary>Decodes all samples. Allocates nothing.</summary>
    /// <param name="source">Little-endian; a whole number of samples.</param>
    /// <param name="encoding">How a sample is stored.</param>
    /// <param name="bits">Bits of a sample.</param>
    /// <param name="destination">Receives a float per sample; must not overlap the source.</param>
    /// <exception cref="ArgumentException">The samples cannot be stored so (<see cref="IsSupported"/>).</exception>
    /// <exception cref="ArgumentOutOfRangeException">The destination is too short.</exception>
    public static void Decode(ReadOnlySpan<byte> source, WavEncoding encoding, int bits, Span<float> destination)
    {
        int width = bits / 8;
        Span<float> samples = destination[..(source.Length / width)];
        switch (encoding, bits)
        {
            case (WavEncoding.Pcm, 8):
                for (int i = 0; i < samples.Length; i++)
                {
                    samples[i] = (source[i] - 128) * (1f / 128);
                }

                break;
            case (WavEncoding.Pcm, 16):
                DecodeInt16(source, samples);
                break;
            case (WavEncoding.Pcm, 24):
                for (int i = 0; i < samples.Length; i++)
                {
                    int value = source[3 * i] | (source[3 * i + 1] << 8) | (unchecked((sbyte)source[3 * i + 2]) << 16);
                    samples[i] = value * (1f / 8388608);
                }

                break;
            case (WavEncoding.Pcm, 32):
                for (int i = 0; i < samples.Length; i++)
                {
                    samples[i] = BinaryPrimitives.ReadInt32LittleEndian(source[(4 * i)..]) * (1f / 2147483648);
                }

                break;
            case (WavEncoding.Float, 32):
                for (int i = 0; i < samples.Length; i++)
                {
                    samples[i] = BinaryPrimitives.ReadSingleLittleEndian(source[(4 * i)..]);
                }

                break;
            case (WavEncoding.Float, 64):
                for (int i = 0; i < samples.Length; i++)
                {
                    samples[i] = (float)BinaryPrimitives.ReadDoubleLittleEndian(source[(8 * i)..]);
                }

                break;
            case (WavEncoding.ALaw, 8):
                Look(source, Companding.ALaw, samples);
                break;
            case (WavEncoding.MuLaw, 8):
                Look(source, Companding.MuLaw, samples);
                break;
            default:
                throw new ArgumentException($"There is no decoder for {encoding} with {bits} bits.", nameof(encoding));
        }
    }

    private static void Look(ReadOnlySpan<byte> source, ReadOnlySpan<float> table, Span<float> samples)
    {
        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] = table[source[i]];
        }
    }

    private static void DecodeInt16(ReadOnlySpan<byte> source, Span<float> samples)
    {
        if (BitConverter.IsLittleEndian)
        {
            ReadOnlySpan<short> values = MemoryMarshal.Cast<byte, short>(source);
            for (int i = 0; i < samples.Length; i++)
            {
                samples[i] = values[i] * (1f / 32768);
            }

            return;
        }

        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] = BinaryPrimitives.ReadInt16LittleEndian(source[(2 * i)..]) * (1f / 32768);
        }
    }
}
