namespace Seq.Embedded.Audio;

/// <summary>How the filter of a band rises from its lower edge to its centre and falls to its upper edge.</summary>
public enum FilterShape
{
    /// <summary>In straight lines over the frequency in Hz, to a height of 1: torchaudio.transforms, librosa without norm.</summary>
    Hertz,

    /// <summary>In straight lines over the mel scale, to a height of 1: Kaldi, TensorFlow.</summary>
    Mel,

    /// <summary>As <see cref="Hertz"/>, to a height of 2 / (upper edge - lower edge), so that all filters have the area 1 Hz: <c>norm="slaney"</c>.</summary>
    EqualArea,
}
