namespace Seq.Embedded.Models.Tests.Models;

// An encoder and a decoder: both scores of attention and none, stacks, sources of tokens and of vectors, one-to-many.

[SequenceModel(Input = 7)]
[Embedding(5)]
[Gru(9, Layers = 2)]
[Decoder(6)]
[Embedding(4)]
[Gru(9, Layers = 2)]
[Attention(Units = 5)]
[Dense(6, Activation.Softmax)]
public sealed partial class AdditiveTranslator;

[SequenceModel(Input = 3)]
[Lstm(19)]
[Decoder(5)]
[OneHot]
[Lstm(19)]
[Attention(Score = AttentionScore.DotProduct)]
[Dense(5, Activation.Softmax)]
public sealed partial class DotTranslator;

/// <summary>An encoder with more layers than the decoder, and of another size; dropout everywhere.</summary>
[SequenceModel(Input = 4)]
[OneHot]
[Gru(7)]
[Rnn(18, Dropout = 0.2)]
[Decoder(5)]
[Embedding(3, Dropout = 0.1)]
[Gru(7, Dropout = 0.3)]
[Attention(Score = AttentionScore.DotProduct, Units = 17, Dropout = 0.2, Name = "attend")]
[Dense(5, Activation.Softmax)]
public sealed partial class ProjectedTranslator;

/// <summary>No attention; a decoder with more layers than the encoder.</summary>
[SequenceModel(Input = 5)]
[Embedding(4)]
[Lstm(8, InitialState = InitialState.Learned)]
[Decoder(6)]
[Embedding(4)]
[Lstm(8)]
[Rnn(5, InitialState = InitialState.Learned)]
[Dense(6, Activation.Softmax)]
public sealed partial class PlainTranslator;

[SequenceModel(Input = 6)]
[Dense(12, Activation.Tanh)]
[Dense(9, Activation.Relu)]
[Decoder(5)]
[Embedding(4)]
[Lstm(9)]
[Gru(4)]
[Dense(5, Activation.Softmax)]
public sealed partial class CaptionModel;

/// <summary>An encoder that reads the whole source in both directions, with its input added in the second layer.</summary>
[SequenceModel(Input = 4)]
[Gru(6, Direction = Direction.Bidirectional)]
[Lstm(12, Residual = true)]
[Decoder(5)]
[Embedding(4)]
[Gru(6)]
[Lstm(12)]
[Attention(Units = 3)]
[Dense(5, Activation.Softmax)]
public sealed partial class BidirectionalTranslator;

/// <summary>Trained to the end.</summary>
[SequenceModel(Input = 8)]
[Embedding(16)]
[Gru(32)]
[Decoder(10)]
[Embedding(16)]
[Gru(32)]
[Attention(Units = 16)]
[Dense(10, Activation.Softmax)]
public sealed partial class ReverseModel;
