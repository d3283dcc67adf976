namespace Seq.Embedded.Training;

/// <summary>Random numbers without state: number n of a stream is a function of (seed, stream, n) only.</summary>
/// <remarks>
/// So a dropout mask or an initial weight does not depend on the number of threads, on the order of the work, or on what was drawn
/// before. The generator is Philox4x32-10: the 128-bit counter (n / 4, stream) is mixed under the key (seed) in ten rounds into four
/// words of 32 bits, of which number n uses word n % 4. Streams and seeds are independent of each other.
/// Source: Salmon, Moraes, Dror and Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3" (2011). Not for cryptography.
/// </remarks>
public readonly struct CounterRandom
{
    private const int Rounds = 10;
    private const int WordsPerBlock = 4;
    private const uint Multiplier0 = 0xD2511F53;
    private const uint Multiplier1 = 0xCD9E8D57;
    private const uint KeyStep0 = 0x9E3779B9;
    private const uint KeyStep1 = 0xBB67AE85;

    private readonly ulong _seed;
    private readonly ulong _stream;

    /// <summary>Selects a stream of a seed.</summary>
    /// <param name="seed">Seed of the whole run.</param>
    /// <param name="stream">Use of the numbers, for example layer and training step.</param>
    public CounterRandom(ulong seed, ulong stream)
    {
        _seed = seed;
        _stream = stream;
    }

    /// <summary>32 random bits. Allocates nothing.</summary>
    /// <param name="counter">Number of the value in the stream.</param>
    /// <returns>Bits, each 0 or 1 with probability 1/2.</returns>
    public uint GetBits(ulong counter) => GetWord(GetBlock(counter / WordsPerBlock), (int)(counter % WordsPerBlock));

    /// <summary>A uniform value: one of the 2^24 multiples of 2^-24 in [0, 1). Allocates nothing.</summary>
    /// <param name="counter">Number of the value in the stream.</param>
    /// <returns>A value of at least 0 and below 1.</returns>
    public float GetUniform(ulong counter) => ToUniform(GetBits(counter));

    /// <summary>A normally distributed value of mean 0 and variance 1. Allocates nothing.</summary>
    /// <remarks>
    /// Box and Muller: with u, w the uniform values of the even counter and the odd one after it (32 bits, u in (0, 1]):
    /// sqrt(-2 ln u) * cos(2 pi w) for the even counter, the sine for the odd. Magnitude at most 6.7. Computed in double and rounded
    /// once; the platform's logarithm and cosine may differ in the last bit of the double, hence very rarely in that of the float.
    /// </remarks>
    /// <param name="counter">Number of the value in the stream.</param>
    /// <returns>A finite value.</returns>
    public float GetGaussian(ulong counter)
    {
        const double Unit = 1.0 / (1L << 32);
        (uint, uint, uint, uint) block = GetBlock(counter / WordsPerBlock);
        int even = (int)(counter % WordsPerBlock) & ~1;
        double radius = Math.Sqrt(-2 * Math.Log((GetWord(block, even) + 1.0) * Unit));
        double angle = 2 * Math.PI * (GetWord(block, even + 1) * Unit);
        return (float)(radius * ((counter & 1) == 0 ? Math.Cos(angle) : Math.Sin(angle)));
    }

    /// <summary>Consecutive uniform values: destination[i] = GetUniform(counter + i). Allocates nothing.</summary>
    /// <param name="counter">Number of the first value in the stream.</param>
    /// <param name="destination">Receives the values.</param>
    public void FillUniform(ulong counter, Span<float> destination)
    {
        int i = 0;
        for (; i < destination.Length && (counter + (ulong)i) % WordsPerBlock != 0; i++)
        {
            destination[i] = GetUniform(counter + (ulong)i);
        }

        for (; i <= destination.Length - WordsPerBlock; i += WordsPerBlock)
        {
            (uint w0, uint w1, uint w2, uint w3) = GetBlock((counter + (ulong)i) / WordsPerBlock);
            destination[i] = ToUniform(w0);
            destination[i + 1] = ToUniform(w1);
            destination[i + 2] = ToUniform(w2);
            destination[i + 3] = ToUniform(w3);
        }

        for (; i < destination.Length; i++)
        {
            destination[i] = GetUniform(counter + (ulong)i);
        }
    }

    /// <summary>Philox4x32-10 of a 128-bit counter (low, high) under a 64-bit key.</summary>
    internal static (uint W0, uint W1, uint W2, uint W3) Philox(ulong low, ulong high, ulong key)
    {
        unchecked
        {
            (uint c0, uint c1, uint c2, uint c3) = ((uint)low, (uint)(low >> 32), (uint)high, (uint)(high >> 32));
            (uint k0, uint k1) = ((uint)key, (uint)(key >> 32));
            for (int round = 0; round < Rounds; round++)
            {
                ulong product0 = (ulong)Multiplier0 * c0;
                ulong product1 = (ulong)Multiplier1 * c2;
                (c0, c1, c2, c3) = ((uint)(product1 >> 32) ^ c1 ^ k0, (uint)product1, (uint)(product0 >> 32) ^ c3 ^ k1, (uint)product0);
                k0 += KeyStep0;
                k1 += KeyStep1;
            }

            return (c0, c1, c2, c3);
        }
    }

    private (uint W0, uint W1, uint W2, uint W3) GetBlock(ulong index) => Philox(index, _stream, _seed);

    private static uint GetWord((uint W0, uint W1, uint W2, uint W3) block, int index) =>
        index switch { 0 => block.W0, 1 => block.W1, 2 => block.W2, _ => block.W3 };

    private static float ToUniform(uint bits) => (bits >> 8) * (1f / (1 << 24));
}
