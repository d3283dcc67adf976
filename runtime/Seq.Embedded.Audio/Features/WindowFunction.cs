namespace Seq.Embedded.Audio;

/// <summary>What the samples j = 0 ... n - 1 of a frame are multiplied by before the Fourier transform.</summary>
public enum WindowFunction
{
    /// <summary>0.5 - 0.5 cos(2 pi j / (n - 1)): symmetric, 0 at both ends. Kaldi's <c>hanning</c>.</summary>
    Hann,

    /// <summary>0.5 - 0.5 cos(2 pi j / n): one period. The default of <c>torch.hann_window</c> and <c>tf.signal.hann_window</c>.</summary>
    PeriodicHann,

    /// <summary>0.54 - 0.46 cos(2 pi j / (n - 1)).</summary>
    Hamming,

    /// <summary>0.54 - 0.46 cos(2 pi j / n).</summary>
    PeriodicHamming,

    /// <summary>(0.5 - 0.5 cos(2 pi j / (n - 1)))^0.85: Kaldi's.</summary>
    Povey,

    /// <summary>0.42 - 0.5 cos(2 pi j / (n - 1)) + 0.08 cos(4 pi j / (n - 1)).</summary>
    Blackman,

    /// <summary>1.</summary>
    Rectangular,
}
