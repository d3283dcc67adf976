namespace Seq.Embedded.Audio;

/// <summary>
/// Published feature settings: what <see cref="AudioFeaturesAttribute"/> has where nothing else is given. All but <see
/// cref="AudioFeaturesAttribute.Kind"/>, which stays
/// <see cref="FeatureKind.Pcen"/>: give it too, as <c>[AudioFeatures(Preset = FeaturePreset.Kaldi, Kind = FeatureKind.Mfcc)]</c>.
/// </summary>
public enum FeaturePreset
{
    /// <summary>
    /// This library's: symmetric Hann window, 20 Hz to 7,600 Hz (or half of the sample rate where that is lower), 40 bands in HTK's scale with
    /// filters straight in Hz.
    /// </summary>
    Default,

    /// <summary>
    /// Kaldi as <c>torchaudio.compliance.kaldi.fbank</c>, <c>mfcc</c> and <c>spectrogram</c> have it, without dither: the frame's mean is taken
    /// off, pre-emphasis 0.97,
    /// Povey's window, next power of two, 23 bands from 20 Hz to half of the sample rate with filters straight in mel, ln(max(E, 2^-23)), 13
    /// coefficients with lifter 22.
    /// <para>Kaldi's own programs read 16-bit samples and their <c>compute-mfcc-feats</c> puts the energy first: give <c>InputScale = 32768</c>, and for MFCC
    /// <c>Energy = true</c> with <c>EnergyFloor = 1.1920929e-7</c> (their <c>--energy-floor=0</c> leaves that one).</para>
    /// </summary>
    Kaldi,

    /// <summary>
    /// After <c>torchaudio.transforms.MelSpectrogram</c> and <c>MFCC(log_mels=True)</c>: frames around their time with mirrored ends, periodic Hann
    /// window, bands from 0 Hz to
    /// half of the sample rate with filters straight in Hz, ln(E + 1e-6), 40 coefficients. Frames are this library's, 25 ms every 12.5 ms.
    /// <para>Two defaults are not torchaudio's: 64 bands, as its 128 leave filters without a bin at 512 points; and 512 points for a window of 400
    /// samples (the next power of two),
    /// where torchaudio has <c>n_fft</c> 400. The same values come from <c>n_mels=64, win_length=400, hop_length=200, n_fft=512</c>.</para>
    /// </summary>
    Torchaudio,

    /// <summary>
    /// <c>tf.signal</c> as TensorFlow's documentation of <c>mfccs_from_log_mel_spectrograms</c> puts it together: periodic Hann window, magnitudes,
    /// 80 bands from 80 Hz to 7,600 Hz
    /// (or half of the sample rate where that is lower) with filters straight in mel, ln(E + 1e-6), 13 coefficients, all with the factor sqrt(2 / bands).
    /// </summary>
    TensorFlow,
}
