namespace Seq.Embedded.Audio;

/// <summary>Published feature settings: what <see cref="AudioFeaturesAttribute"/> has where nothing else is given.</summary>
public enum FeaturePreset
{
    /// <summary>This library's: symmetric Hann window, 20 Hz to 7,600 Hz (or half of the sample rate where that is lower), 40 bands in HTK's scale with filters straight in Hz.</summary>
    Default,

    /// <summary>
    /// Kaldi and <c>torchaudio.compliance.kaldi.fbank</c>, <c>mfcc</c> and <c>spectrogram</c>, without dither: the frame's mean is taken off, pre-emphasis 0.97, Povey's window, next power of two,
    /// 23 bands from 20 Hz to half of the sample rate with filters straight in mel, ln(max(E, 2^-23)), 13 coefficients with lifter 22.
    /// </summary>
    Kaldi,

    /// <summary>
    /// <c>torchaudio.transforms.MelSpectrogram</c> and <c>MFCC(log_mels=True)</c>, <c>win_length</c> being the window and <c>n_fft</c> the next power of two: frames around their time with mirrored ends, periodic Hann window, 64 bands (of the 128 there, some have no bin of a short transform) from 0 Hz to half of the
    /// sample rate, filters straight in Hz, ln(E + 1e-6), 40 coefficients.
    /// </summary>
    Torchaudio,

    /// <summary>
    /// <c>tf.signal</c> as TensorFlow's documentation of <c>mfccs_from_log_mel_spectrograms</c> puts it together: periodic Hann window, magnitudes, 80 bands from 80 Hz to 7,600 Hz
    /// (or half of the sample rate where that is lower) with filters straight in mel, ln(E + 1e-6), 13 coefficients, all with the factor sqrt(2 / bands).
    /// </summary>
    TensorFlow,
}
