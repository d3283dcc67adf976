namespace Seq.Embedded.Models.Tests.Models;

// Tokens in place of vectors: a lookup in a table, or of a column of the next layer's weights.

[SequenceModel(Input = 11)]
[Embedding(5, Dropout = 0.2)]
[Gru(19)]
[Dense(11, Activation.Softmax)]
public sealed partial class LanguageModel;

[SequenceModel(Input = 7)]
[OneHot]
[Lstm(18)]
[Dense(7, Activation.Softmax)]
public sealed partial class OneHotLstmModel;

[SequenceModel(Input = 6)]
[OneHot]
[Gru(5, Reset = GruReset.BeforeProduct)]
[Rnn(3)]
public sealed partial class OneHotGruBeforeModel;

[SequenceModel(Input = 5)]
[OneHot]
[Dense(17, Activation.Tanh)]
[Dense(3)]
public sealed partial class OneHotDenseModel;

[SequenceModel(Input = 1)]
[Embedding(33)]
public sealed partial class OneTokenModel;

/// <summary>Weights beyond the size at which steps alternate the order of the blocks.</summary>
[SequenceModel(Input = 3)]
[OneHot]
[Lstm(208)]
[Dense(2)]
public sealed partial class OneHotWideModel;
