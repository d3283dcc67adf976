namespace Seq.Embedded.Models.Tests.Models;

// The decoders of tests/Vectors/torch_decoders.py.

[SequenceModel(Input = 5)]
[Gru(9)]
[Decoder(8)]
[Embedding(6)]
[Gru(9)]
[Attention(Score = AttentionScore.Additive, Units = 7)]
[Dense(8, Activation.Softmax, Name = "head")]
public sealed partial class TorchDecoderAdditiveModel;

[SequenceModel(Input = 10)]
[Embedding(5)]
[Gru(11, Layers = 2)]
[Decoder(7)]
[Embedding(6)]
[Gru(11, Layers = 2)]
[Attention(Score = AttentionScore.DotProduct)]
[Dense(7, Activation.Softmax, Name = "head")]
public sealed partial class TorchDecoderDotModel;

[SequenceModel(Input = 4)]
[Lstm(9)]
[Decoder(6)]
[Embedding(5)]
[Lstm(9)]
[Dense(6, Activation.Softmax, Name = "head")]
public sealed partial class TorchDecoderPlainModel;

[SequenceModel(Input = 6)]
[Dense(10, Activation.Tanh, Name = "front")]
[Decoder(7)]
[Embedding(5)]
[Gru(10)]
[Dense(7, Activation.Softmax, Name = "head")]
public sealed partial class TorchOneToManyModel;
