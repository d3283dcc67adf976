using Seq.Embedded.Audio;

namespace Seq.Embedded.Tests.Audio.FrontEnds;

// Models with features of every kind. Those whose name begins with Kaldi, Torch or Tf have vectors of that name in tests/Vectors/features.safetensors.

[SequenceModel]
[AudioFeatures(Kind = FeatureKind.LogMel, Preset = FeaturePreset.Kaldi, InputScale = 32768)]
[Dense(1)]
internal sealed partial class KaldiFbank;

[SequenceModel(Input = 24)]
[AudioFeatures(Kind = FeatureKind.LogMel, Preset = FeaturePreset.Kaldi, InputScale = 32768, Energy = true)]
[Dense(1)]
internal sealed partial class KaldiFbankEnergy;

[SequenceModel]
[AudioFeatures(Kind = FeatureKind.Mfcc, Preset = FeaturePreset.Kaldi, InputScale = 32768, Energy = true, Deltas = 2)]
[Gru(4)]
internal sealed partial class KaldiMfcc;

[SequenceModel]
[AudioFeatures(Kind = FeatureKind.LogSpectrogram, Preset = FeaturePreset.Kaldi, InputScale = 32768, Energy = true)]
[Dense(1)]
internal sealed partial class KaldiSpectrogram;

[SequenceModel(Task = SequenceTask.ManyToOne)]
[AudioFeatures(Kind = FeatureKind.Mel, Preset = FeaturePreset.Torchaudio)]
[Gru(4)]
[Dense(Activation.Softmax)]
internal sealed partial class TorchMel;

[SequenceModel]
[AudioFeatures(Kind = FeatureKind.Mel, Preset = FeaturePreset.Torchaudio, WindowSamples = 512, HopSamples = 160, Padding = FramePadding.Zeros, Bands = 40, MelScale = MelScale.Slaney, FilterShape = FilterShape.EqualArea)]
[Conv1D(3, Kernel = 3, Stride = 2)]
internal sealed partial class TorchMelSlaney;

[SequenceModel(LookAhead = 4)]
[AudioFeatures(Kind = FeatureKind.Mfcc, Preset = FeaturePreset.Torchaudio, Bands = 40, Coefficients = 20, Deltas = 1, DeltaReach = 3)]
[Gru(4, Direction = Direction.Bidirectional)]
[Dense(3, Activation.Softmax)]
internal sealed partial class TorchMfcc;

[SequenceModel]
[AudioFeatures(Kind = FeatureKind.Spectrogram, WindowFunction = WindowFunction.PeriodicHamming, WindowSamples = 512, HopSamples = 128)]
[Dense(1)]
internal sealed partial class TorchHamming;

[SequenceModel]
[AudioFeatures(Kind = FeatureKind.Spectrogram, WindowFunction = WindowFunction.Blackman, Window = 32, Hop = 16)]
[Dense(1)]
internal sealed partial class TorchBlackman;

[SequenceModel]
[AudioFeatures(Kind = FeatureKind.Mfcc, Preset = FeaturePreset.TensorFlow)]
[Dense(1)]
internal sealed partial class TfMfcc;

[SequenceModel]
[AudioFeatures(Kind = FeatureKind.LogMel, Preset = FeaturePreset.TensorFlow, Window = 30, Hop = 10, Bands = 40, LowHz = 20, HighHz = 4000)]
[Dense(1)]
internal sealed partial class TfLogMel;

[SequenceModel]
[AudioFeatures(Kind = FeatureKind.Spectrogram, Preset = FeaturePreset.TensorFlow, WindowSamples = 256, HopSamples = 128)]
[Dense(1)]
internal sealed partial class TfMagnitudes;

// Settings that FeatureExtractor has, too.

[SequenceModel]
[AudioFeatures(Stack = 2, Stride = 2, OutputScale = 0.7)]
[Gru(4)]
[Dense(Activation.Softmax)]
internal sealed partial class BundledPcen;

[SequenceModel]
[AudioFeatures(Kind = FeatureKind.LogMel, Stack = 3, LogFloor = 1e-9, OutputScale = -0.25)]
[Dense(2)]
internal sealed partial class StackedLogMel;

[SequenceModel]
[AudioFeatures(SampleRate = 8000, HopSamples = 377, WindowSamples = 301, Bands = 21, LowHz = 0, Stride = 2, PcenPower = 0.3, PcenBias = 1.5, PcenGain = 0.8, PcenFloor = 1e-6, PcenSmoothing = 0.1)]
[Dense(2)]
internal sealed partial class GappedPcen;

// Everything at once.

[SequenceModel]
[AudioFeatures(Preset = FeaturePreset.Kaldi, Padding = FramePadding.Reflect, WindowSamples = 401, HopSamples = 500, Magnitude = true, Deltas = 2, DeltaReach = 1, Stack = 3, Stride = 2)]
[Gru(4)]
internal sealed partial class Everything;
