namespace Seq.Embedded.Audio;

/// <summary>The values of the 8-bit codes of telephone lines, as ITU-T G.711 tabulates them, in +-1.</summary>
/// <remarks>
/// A code is a sign s, a segment e of 3 bits and a step m of 4 bits. Counted in 1/32768 of full scale:
/// mu-law (all bits inverted): +-(((8 m + 132) 2^e) - 132), up to 32124; A-law (every other bit inverted): +-(16 m + 8) for e = 0,
/// otherwise +-(16 m + 264) 2^(e - 1), up to 32256.
/// </remarks>
internal static class Companding
{
    /// <summary>(256): the value of each code of mu-law.</summary>
    public static float[] MuLaw { get; } = Table(code =>
    {
        int bits = ~code;
        int magnitude = ((((bits & 0x0F) << 3) + 132) << ((bits >> 4) & 7)) - 132;
        return (bits & 0x80) == 0 ? magnitude : -magnitude;
    });

    /// <summary>(256): the value of each code of A-law.</summary>
    public static float[] ALaw { get; } = Table(code =>
    {
        int bits = code ^ 0x55;
        int segment = (bits >> 4) & 7;
        int magnitude = ((bits & 0x0F) << 4) + (segment == 0 ? 8 : 264);
        magnitude <<= Math.Max(0, segment - 1);
        return (bits & 0x80) != 0 ? magnitude : -magnitude;
    });

    private static float[] Table(Func<int, int> value)
    {
        float[] table = new float[256];
        for (int code = 0; code < table.Length; code++)
        {
            table[code] = value(code) * (1f / 32768);
        }

        return table;
    }
}
