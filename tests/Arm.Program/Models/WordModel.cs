namespace Seq.Embedded.Arm.Models;

/// <summary>The keyword model of the benchmarks.</summary>
[SequenceModel(Input = 40)]
[Gru(64, Layers = 2)]
[Dense(12, Activation.Softmax)]
public sealed partial class WordModel;
