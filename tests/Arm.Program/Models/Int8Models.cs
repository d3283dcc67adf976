namespace Seq.Embedded.Arm.Models;

// 8-bit weights.

[SequenceModel(Input = 13, Weights = WeightFormat.Int8)]
[Gru(20)]
public sealed partial class Int8GruModel;

[SequenceModel(Input = 13, Weights = WeightFormat.Int8)]
[Lstm(20, Peepholes = true)]
public sealed partial class Int8LstmModel;

/// <summary>The keyword model of the benchmarks.</summary>
[SequenceModel(Input = 40, Weights = WeightFormat.Int8)]
[Gru(64, Layers = 2)]
[Dense(12, Activation.Softmax)]
public sealed partial class Int8WordModel;
