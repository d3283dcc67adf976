namespace Seq.Embedded.Benchmarks;

// Models of KeywordModels.cs and LayerModels.cs with weights of 8 bits.

[SequenceModel(Input = 40, Weights = WeightFormat.Int8)]
[Gru(64, Layers = 2)]
[Dense(12)]
internal sealed partial class Int8KeywordModel;

[SequenceModel(Input = 40, Weights = WeightFormat.Int8)]
[Gru(64)]
internal sealed partial class Int8Gru64;
