namespace Seq.Embedded.Audio;

/// <summary>The scale of pitch on which the bands are equally spaced.</summary>
public enum MelScale
{
    /// <summary>mel(f) = 2595 log10(1 + f / 700): HTK's, and, up to a factor, Kaldi's and TensorFlow's 1127 ln(1 + f / 700).</summary>
    Htk,

    /// <summary>f / (200 / 3) below 1,000 Hz, 15 + ln(f / 1000) / (ln(6.4) / 27) above: that of Slaney's Auditory Toolbox, which is librosa's default.</summary>
    Slaney,
}
