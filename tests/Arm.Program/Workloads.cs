using KeywordSpotter;
using Seq.Embedded.Arm.Models;
using Seq.Embedded.Audio;

namespace Seq.Embedded.Arm;

/// <summary>All workloads by name. The tests run them here, and the arm64 code of the same methods in an emulator.</summary>
public static class Workloads
{
    private const int Seed = 41;
    private const int Steps = 50;

    /// <summary>Time steps of each sequence of a training step.</summary>
    public const int TrainingSteps = 4;

    /// <summary>The features that the bundled keyword model was trained with.</summary>
    private static readonly FeatureSettings s_features = new()
    {
        SampleRate = 16000, WindowSamples = 400, HopSamples = 160, FftSize = 512, Bands = 40, LowHz = 20, HighHz = 7600, Kind = FeatureKind.Pcen, Stack = 2, Stride = 2,
        PcenSmoothing = 0.025, PcenGain = 0.98, PcenBias = 2, PcenPower = 0.5, PcenFloor = 1e-8, OutputScale = 0.7,
    };

    private static readonly (string Name, Func<Workload> Create)[] s_all =
    [
        ("gru", () => Step(GruModel.Create(Seed).CreateStream().Step, GruModel.InputSize, GruModel.OutputSize)),
        ("gru-before", () => Step(GruBeforeModel.Create(Seed).CreateStream().Step, GruBeforeModel.InputSize, GruBeforeModel.OutputSize)),
        ("lstm", () => Step(LstmModel.Create(Seed).CreateStream().Step, LstmModel.InputSize, LstmModel.OutputSize)),
        ("lstm-peepholes", () => Step(PeepholeModel.Create(Seed).CreateStream().Step, PeepholeModel.InputSize, PeepholeModel.OutputSize)),
        ("rnn", () => Step(RnnModel.Create(Seed).CreateStream().Step, RnnModel.InputSize, RnnModel.OutputSize)),
        ("mgu", () => Step(MguModel.Create(Seed).CreateStream().Step, MguModel.InputSize, MguModel.OutputSize)),
        ("fastgrnn", () => Step(FastGrnnModel.Create(Seed).CreateStream().Step, FastGrnnModel.InputSize, FastGrnnModel.OutputSize)),
        ("dense-softmax", () => Step(SoftmaxModel.Create(Seed).CreateStream().Step, SoftmaxModel.InputSize, SoftmaxModel.OutputSize)),
        ("words", () => Step(WordModel.Create(Seed).CreateStream().Step, WordModel.InputSize, WordModel.OutputSize)),
        ("lstm-run", () => Run(LstmModel.Create(Seed).CreateStream().Run, LstmModel.InputSize, LstmModel.OutputSize)),
        ("bidirectional-run", () => Run(BidirectionalModel.Create(Seed).CreateStream(Steps).Run, BidirectionalModel.InputSize, BidirectionalModel.OutputSize)),
        ("words-run", () => Run(WordModel.Create(Seed).CreateStream().Run, WordModel.InputSize, WordModel.OutputSize)),
        ("gru-int8", () => Step(Int8GruModel.Create(Seed).CreateStream().Step, Int8GruModel.InputSize, Int8GruModel.OutputSize)),
        ("lstm-int8", () => Step(Int8LstmModel.Create(Seed).CreateStream().Step, Int8LstmModel.InputSize, Int8LstmModel.OutputSize)),
        ("words-int8", () => Step(Int8WordModel.Create(Seed).CreateStream().Step, Int8WordModel.InputSize, Int8WordModel.OutputSize)),
        ("words-int8-run", () => Run(Int8WordModel.Create(Seed).CreateStream().Run, Int8WordModel.InputSize, Int8WordModel.OutputSize)),
        ("train", () => new TrainingWorkload(TrainingSteps, trained: KeywordModel.LayerNames.Length)),
        ("train-longer", () => new TrainingWorkload(2 * TrainingSteps, trained: KeywordModel.LayerNames.Length)),
        ("train-last", () => new TrainingWorkload(TrainingSteps, trained: 2)),
        ("train-last-longer", () => new TrainingWorkload(2 * TrainingSteps, trained: 2)),
        ("train-head", () => new TrainingWorkload(TrainingSteps, trained: 1)),
        ("train-head-longer", () => new TrainingWorkload(2 * TrainingSteps, trained: 1)),
        ("features", () => new AudioWorkload(s_features, network: null)),
        ("spotter", () => new AudioWorkload(s_features, KeywordModel.Create(AudioWorkload.Labels, Seed).CreateStream().Step)),
        ("spotter-int8", () => new AudioWorkload(s_features, Int8KeywordModel.Create(AudioWorkload.Labels, Seed).CreateStream().Step)),
    ];

    /// <summary>The names, in the order of the numbers that the emulated program knows them by.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_all.Select(entry => entry.Name)];

    /// <summary>Bytes of the weights that a call of the spotter reads.</summary>
    /// <param name="int8">With 8-bit weights.</param>
    public static int SpotterWeightBytes(bool int8) => int8 ? Int8KeywordModel.Create(AudioWorkload.Labels, Seed).WeightBytes : KeywordModel.Create(AudioWorkload.Labels, Seed).WeightBytes;

    /// <summary>A new workload.</summary>
    /// <param name="index">Its place among <see cref="Names"/>.</param>
    public static Workload Create(int index) => s_all[index].Create();

    private static ModelWorkload Step(ModelWorkload.Call step, int inputs, int outputs) => new(step, inputs, outputs, calls: Steps);

    private static ModelWorkload Run(ModelWorkload.Call run, int inputs, int outputs) => new(run, Steps * inputs, Steps * outputs, calls: 2);
}
