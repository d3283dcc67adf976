namespace Seq.Embedded.Models.Tests.Models;

// The models of tests/Vectors/torch_layers.py that read tokens.

[SequenceModel(Input = 13)]
[Embedding(6)]
[Gru(11)]
[Dense(13, Activation.Softmax, Name = "head")]
public sealed partial class TorchTokensModel;

[SequenceModel(Input = 7)]
[OneHot]
[Lstm(9)]
[Dense(7, Activation.Softmax, Name = "head")]
public sealed partial class TorchOneHotModel;
