using Seq.Embedded.Audio;

namespace KeywordSpotter.Input;

/// <summary>How samples without a header are stored, under the name that ffmpeg and sox users know.</summary>
internal sealed record RawFormat(string Name, WavEncoding Encoding, int Bits)
{
    /// <summary>The first is the preset.</summary>
    public static RawFormat[] All { get; } =
    [
        new("s16le", WavEncoding.Pcm, 16),
        new("s24le", WavEncoding.Pcm, 24),
        new("s32le", WavEncoding.Pcm, 32),
        new("f32le", WavEncoding.Float, 32),
        new("u8", WavEncoding.Pcm, 8),
        new("mulaw", WavEncoding.MuLaw, 8),
        new("alaw", WavEncoding.ALaw, 8),
    ];

    public static string[] Names => Array.ConvertAll(All, format => format.Name);
}
