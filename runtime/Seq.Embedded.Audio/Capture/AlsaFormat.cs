namespace Seq.Embedded.Audio;

/// <summary>A sample format of ALSA that can be captured (SND_PCM_FORMAT_* of alsa/pcm.h).</summary>
/// <param name="Code">Its number there.</param>
/// <param name="Name">Its name there.</param>
/// <param name="Encoding">How a sample is stored.</param>
/// <param name="Bits">Of a stored sample.</param>
/// <param name="Shift">How far a sample must be moved up to fill its bits.</param>
internal readonly record struct AlsaFormat(int Code, string Name, WavEncoding Encoding, int Bits, int Shift = 0)
{
    /// <summary>The best first: 16 bits are what a microphone has, and cost the least.</summary>
    public static AlsaFormat[] All { get; } =
    [
        new(2, "S16_LE", WavEncoding.Pcm, 16),
        new(10, "S32_LE", WavEncoding.Pcm, 32),
        new(32, "S24_3LE", WavEncoding.Pcm, 24),
        new(6, "S24_LE", WavEncoding.Pcm, 32, Shift: 8), // 24 bits in 4 bytes, the lowest of them
        new(14, "FLOAT_LE", WavEncoding.Float, 32),
        new(16, "FLOAT64_LE", WavEncoding.Float, 64),
        new(1, "U8", WavEncoding.Pcm, 8),
        new(20, "MU_LAW", WavEncoding.MuLaw, 8),
        new(21, "A_LAW", WavEncoding.ALaw, 8),
    ];
}
