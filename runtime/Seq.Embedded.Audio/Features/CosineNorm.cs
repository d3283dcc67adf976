namespace Seq.Embedded.Audio;

/// <summary>The factor of a cosine transform, coefficient i of B bands: c[i] = factor sum over b of y[b] cos(pi i (b + 0.5) / B).</summary>
public enum CosineNorm
{
    /// <summary>sqrt(2 / B), and sqrt(1 / B) for i = 0: Kaldi, torchaudio, SciPy's <c>norm="ortho"</c>.</summary>
    Orthonormal,

    /// <summary>sqrt(2 / B) for all: HTK, <c>tf.signal.mfccs_from_log_mel_spectrograms</c>.</summary>
    Uniform,
}
