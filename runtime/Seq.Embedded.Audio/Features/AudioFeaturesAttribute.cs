namespace Seq.Embedded.Audio;

/// <summary>
/// Declares the features that a sequence model takes: the generator adds the front end to the class, with its tables as constants, and streams of audio (<c>CreateAudioStream</c>).
/// <code>
/// frame t   = the samples [t hop, t hop + window), in +-1, less their mean, with pre-emphasis, times the window function, zeros up to FftSize
/// P[k]      = |X[k]|^2 of its Fourier transform, or |X[k]|                                          Spectrogram: scale P;  LogSpectrogram: scale log(P)
/// E[b]      = sum over k of filter[b][k] P[k]                                                       Mel: scale E
/// log(E)    = ln(E + LogFloor) or ln(max(E, LogFloor))                                              LogMel: scale log(E)
/// c[i]      = lifter[i] factor[i] sum over b of log(E[b]) cos(pi i (b + 0.5) / Bands)               Mfcc: scale c
/// M         = M + max(PcenSmoothing, 1 / (t + 1)) (E - M), from 0
/// y         = (E / (PcenFloor + M)^PcenGain + PcenBias)^PcenPower - PcenBias^PcenPower              Pcen: scale y
/// deltas    = the slopes of all those values over the frames around                                appended
/// vector v  = the frames [v Stride, v Stride + Stack), oldest first
/// </code>
/// <para>A vector is known with the last sample of its last frame, and with deltas <c>Deltas * DeltaReach</c> frames later; the generated <c>DelaySamples</c> states it.
/// Values are finite: an energy that is NaN or above 1e30 counts as 0. They are the same, bit for bit, however the audio is split and on all machines.</para>
/// </summary>
/// <example>
/// <code>
/// [SequenceModel]
/// [AudioFeatures(Kind = FeatureKind.LogMel, SampleRate = 16000, Window = 25, Hop = 10, Bands = 40)]
/// [Gru(64)]
/// [Dense(5, Activation.Softmax)]
/// public sealed partial class WakeWordModel;
///
/// WakeWordModel.AudioStream stream = WakeWordModel.Load("wake-words.safetensors").CreateAudioStream();
/// while (stream.TryNext(ref samples, probabilities)) { ... }
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class AudioFeaturesAttribute : Attribute
{
    /// <summary>The settings that hold where nothing else is given; default <see cref="FeaturePreset.Default"/>.</summary>
    public FeaturePreset Preset { get; set; }

    /// <summary>What is made of the spectrum; default <see cref="FeatureKind.Pcen"/>, with every preset.</summary>
    public FeatureKind Kind { get; set; }

    /// <summary>Of the audio, in Hz: 1,000 to 768,000; default 16,000.</summary>
    public int SampleRate { get; set; }

    /// <summary>Length of a frame in ms, a whole number of samples; default 25 (TensorFlow 64, as 1,024 samples at 16 kHz).</summary>
    public double Window { get; set; }

    /// <summary>From one frame's start to the next one's in ms, a whole number of samples; default 10 (Torchaudio 12.5, TensorFlow 16).</summary>
    public double Hop { get; set; }

    /// <summary>Length of a frame in samples, in place of <see cref="Window"/>: 2 to 65,536.</summary>
    public int WindowSamples { get; set; }

    /// <summary>From one frame's start to the next one's in samples, in place of <see cref="Hop"/>: 1 to 768,000.</summary>
    public int HopSamples { get; set; }

    /// <summary>Where frames stand, and what is beyond the ends of the audio; default <see cref="FramePadding.None"/> (Torchaudio <see cref="FramePadding.Reflect"/>).</summary>
    public FramePadding Padding { get; set; }

    /// <summary>Points of the Fourier transform, a power of two from 16 to 65,536, at least the window; default the next one.</summary>
    public int FftSize { get; set; }

    /// <summary>What a sample of 1 counts, 1e-6 to 1e6; default 1. 32,768 gives Kaldi's values, which are of samples of 16 bits.</summary>
    public double InputScale { get; set; }

    /// <summary>True: the mean of a frame is taken off its samples; default false (Kaldi true).</summary>
    public bool RemoveMean { get; set; }

    /// <summary>x[j] becomes x[j] - PreEmphasis x[j - 1] within the frame, x[0] becomes (1 - PreEmphasis) x[0]; 0 (none) to 1, default 0 (Kaldi 0.97).</summary>
    public double PreEmphasis { get; set; }

    /// <summary>The window function; default <see cref="WindowFunction.Hann"/> (Kaldi <see cref="WindowFunction.Povey"/>, Torchaudio and TensorFlow <see cref="WindowFunction.PeriodicHann"/>).</summary>
    public WindowFunction WindowFunction { get; set; }

    /// <summary>True: magnitudes |X| in place of powers |X|^2; default false (TensorFlow true).</summary>
    public bool Magnitude { get; set; }

    /// <summary>Mel bands, 1 to 512; default 40 (Kaldi 23, Torchaudio 64, TensorFlow 80). Not of spectrograms.</summary>
    public int Bands { get; set; }

    /// <summary>Lower edge of the lowest band in Hz; default 20 (Torchaudio 0, TensorFlow 80).</summary>
    public double LowHz { get; set; }

    /// <summary>Upper edge of the highest band in Hz, at most half of the sample rate; 0 is that half. Default 7,600, or the half where that is lower (Kaldi and Torchaudio 0).</summary>
    public double HighHz { get; set; }

    /// <summary>The scale on which bands are equally spaced; default <see cref="MelScale.Htk"/>.</summary>
    public MelScale MelScale { get; set; }

    /// <summary>The shape of the bands' filters; default <see cref="FilterShape.Hertz"/> (Kaldi and TensorFlow <see cref="FilterShape.Mel"/>).</summary>
    public FilterShape FilterShape { get; set; }

    /// <summary>Keeps logarithms from zero, in [1e-20, 1]; default 1e-6 (Kaldi 2^-23). Of LogMel, Mfcc and LogSpectrogram.</summary>
    public double LogFloor { get; set; }

    /// <summary>How; default <see cref="LogFloorKind.Added"/> (Kaldi <see cref="LogFloorKind.Lowest"/>).</summary>
    public LogFloorKind LogFloorKind { get; set; }

    /// <summary>
    /// True: ln(max(InputScale^2 sum of the squares of the samples, EnergyFloor)), of the frame less its mean where that is taken off, stands in place of the first value of Mfcc and
    /// LogSpectrogram, and before the bands of LogMel (Kaldi's <c>use_energy</c> with raw energy). Default false. <see cref="OutputScale"/> multiplies it, too.
    /// </summary>
    public bool Energy { get; set; }

    /// <summary>The least energy of a frame, in [1e-20, 1e20]; default 1. Kaldi's <c>energy_floor</c>; where that is 0 it has 2^-23.</summary>
    public double EnergyFloor { get; set; }

    /// <summary>Coefficients of Mfcc, 1 to Bands; default 13 (Torchaudio 40), or Bands where those are fewer.</summary>
    public int Coefficients { get; set; }

    /// <summary>The factors of Mfcc; default <see cref="CosineNorm.Orthonormal"/> (TensorFlow <see cref="CosineNorm.Uniform"/>).</summary>
    public CosineNorm CosineNorm { get; set; }

    /// <summary>Mfcc's coefficient i is multiplied by 1 + Lifter / 2 sin(pi i / Lifter); 0 for none, to 1,000. Default 0 (Kaldi 22).</summary>
    public double Lifter { get; set; }

    /// <summary>Weight of the newest frame in a band's running level, in [1e-6, 1]; default 0.025 (0.4 s at a hop of 10 ms).</summary>
    public double PcenSmoothing { get; set; }

    /// <summary>How much of the level is divided out, 0 to 1; default 0.98.</summary>
    public double PcenGain { get; set; }

    /// <summary>Added before the power, in [1e-6, 1000]; default 2.</summary>
    public double PcenBias { get; set; }

    /// <summary>The root that compresses, in [1e-3, 1]; default 0.5.</summary>
    public double PcenPower { get; set; }

    /// <summary>Added to a band's level, in [1e-20, 1]; default 1e-8, about the energy of the rounding to 16 bits.</summary>
    public double PcenFloor { get; set; }

    /// <summary>Every value is multiplied by it; not 0, -1e6 to 1e6; default 1. 4.342944819 makes decibels of powers.</summary>
    public double OutputScale { get; set; }

    /// <summary>0: none; 1: slopes are appended to the values of a frame; 2: slopes, and slopes of the slopes. Default 0.</summary>
    public int Deltas { get; set; }

    /// <summary>
    /// Frames on each side that a slope is taken over (N), 1 to 16; default 2: d[t] = sum over n = 1 ... N of n (c[t + n] - c[t - n]) / (2 sum over n of n^2), where frames beyond the ends are those
    /// at the ends, for slopes of slopes the slopes there. So features come <c>Deltas * DeltaReach</c> frames late.
    /// </summary>
    public int DeltaReach { get; set; }

    /// <summary>Consecutive frames in one feature vector, 1 to 64, oldest first; default 1.</summary>
    public int Stack { get; set; }

    /// <summary>Frames from one feature vector's start to the next one's, 1 to 64; default 1.</summary>
    public int Stride { get; set; }
}
