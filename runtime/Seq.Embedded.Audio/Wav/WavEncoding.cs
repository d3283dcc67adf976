namespace Seq.Embedded.Audio;

/// <summary>How one sample of a WAV file, or of raw audio, is stored.</summary>
public enum WavEncoding
{
    /// <summary>Integers: unsigned 8 bit, or signed little-endian 16, 24 or 32 bit.</summary>
    Pcm = 1,

    /// <summary>IEEE 754 little-endian, 32 or 64 bit.</summary>
    Float = 3,

    /// <summary>A-law of ITU-T G.711, 8 bit: 13 bits of a telephone line.</summary>
    ALaw = 6,

    /// <summary>Mu-law of ITU-T G.711, 8 bit: 14 bits of a telephone line.</summary>
    MuLaw = 7,
}
