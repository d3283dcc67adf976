namespace Seq.Embedded.Audio;

/// <summary>Where frames stand.</summary>
public enum FramePadding
{
    /// <summary>Frame t is the samples [t hop, t hop + window); what does not fill a frame at the end is left out.</summary>
    None,

    /// <summary>Frame t stands around sample t hop, and beyond the ends samples are mirrored: <c>center=True</c> of <c>torch.stft</c>.</summary>
    Reflect,

    /// <summary>Frame t stands around sample t hop, and beyond the ends samples are 0: <c>center=True, pad_mode="constant"</c>.</summary>
    Zeros,
}
