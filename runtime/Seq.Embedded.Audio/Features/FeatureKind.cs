namespace Seq.Embedded.Audio;

/// <summary>What is made of the spectrum of a frame.</summary>
public enum FeatureKind
{
    /// <summary>Per-channel energy normalisation: the energy of each mel band relative to its own recent level, so loudness hardly matters.</summary>
    Pcen,

    /// <summary>Natural logarithm of the energies of mel bands.</summary>
    LogMel,

    /// <summary>Energies of mel bands.</summary>
    Mel,

    /// <summary>Mel-frequency cepstral coefficients: cosine transform of the logarithms of the energies of mel bands.</summary>
    Mfcc,

    /// <summary>The power (or magnitude) of each bin of the Fourier transform.</summary>
    Spectrogram,

    /// <summary>Natural logarithm of the power (or magnitude) of each bin.</summary>
    LogSpectrogram,
}
