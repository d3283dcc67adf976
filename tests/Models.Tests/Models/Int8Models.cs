namespace Seq.Embedded.Models.Tests.Models;

// Weights of 8 bits: every cell and kind of layer, sizes around groups of four columns and tiles of vectors.

[SequenceModel(Input = 5, Weights = WeightFormat.Int8)]
[Gru(7)]
public sealed partial class Int8GruModel;

[SequenceModel(Input = 40, Weights = WeightFormat.Int8)]
[Gru(64, Layers = 2)]
[Dense(12, Activation.Softmax)]
public sealed partial class Int8KeywordModel;

[SequenceModel(Input = 4, Weights = WeightFormat.Int8)]
[Gru(19, Layers = 2, Reset = GruReset.BeforeProduct)]
[Gru(9, Reset = GruReset.None, Bias = false)]
public sealed partial class Int8GruResetsModel;

[SequenceModel(Input = 6, Weights = WeightFormat.Int8)]
[Lstm(18, Layers = 2)]
[Dense(3, Activation.Softmax)]
public sealed partial class Int8LstmModel;

[SequenceModel(Input = 5, Weights = WeightFormat.Int8)]
[Lstm(11, Peepholes = true)]
[Lstm(17, CoupledGates = true)]
public sealed partial class Int8LstmPeepholeModel;

[SequenceModel(Input = 3, Weights = WeightFormat.Int8)]
[Lstm(20, Projection = 7, InitialState = InitialState.Learned)]
[Dense(4, Bias = false)]
public sealed partial class Int8LstmProjectionModel;

[SequenceModel(Input = 6, Weights = WeightFormat.Int8)]
[Lstm(9, Normalize = true)]
[Gru(11, Normalize = true)]
public sealed partial class Int8NormalizedModel;

[SequenceModel(Input = 1, Weights = WeightFormat.Int8)]
[Rnn(21, Activation = Activation.Relu)]
[Rnn(1)]
public sealed partial class Int8RnnModel;

[SequenceModel(Input = 3, Weights = WeightFormat.Int8)]
[Mgu(10)]
[FastGrnn(37)]
[Dense(2, Activation.Sigmoid)]
public sealed partial class Int8SmallCellsModel;

[SequenceModel(Input = 3, Weights = WeightFormat.Int8)]
[Mixing(18, InitialState = InitialState.Learned)]
[Leaky(7, Bias = false)]
public sealed partial class Int8UserModel;

[SequenceModel(Input = 5, Weights = WeightFormat.Int8)]
[Conv1D(9, Kernel = 5, Stride = 3, Activation = Activation.Relu, Dropout = 0.2)]
[Conv1D(6, Kernel = 3, Dilation = 2, Activation = Activation.Tanh)]
[Gru(6, Residual = true)]
[Dense(3, Activation.Softmax)]
public sealed partial class Int8ConvModel;

[SequenceModel(Input = 4, Task = SequenceTask.ManyToOne, Weights = WeightFormat.Int8)]
[Gru(19)]
[AttentionPooling(17)]
[Dense(Activation.Softmax)]
public sealed partial class Int8PoolModel;

[SequenceModel(Input = 11, Weights = WeightFormat.Int8)]
[Embedding(5)]
[Gru(19)]
[Dense(11, Activation.Softmax)]
public sealed partial class Int8LanguageModel;

[SequenceModel(Input = 7, Weights = WeightFormat.Int8)]
[OneHot]
[Lstm(18)]
[Dense(Activation.Tanh)]
public sealed partial class Int8OneHotModel;

[SequenceModel(Input = 5, Weights = WeightFormat.Int8)]
[OneHot]
[Gru(6, Reset = GruReset.BeforeProduct)]
[Dense(17)]
public sealed partial class Int8OneHotGruModel;

[SequenceModel(Input = 3, Weights = WeightFormat.Int8)]
[Lstm(10, Direction = Direction.Bidirectional, Layers = 2)]
[Gru(7, Direction = Direction.Reverse)]
[Dense(3, Activation.Softmax)]
public sealed partial class Int8DirectionsModel;

[SequenceModel(Input = 4, LookAhead = 3, Weights = WeightFormat.Int8)]
[Gru(9, Direction = Direction.Bidirectional, Merge = DirectionMerge.Sum)]
[Rnn(9, Residual = true)]
public sealed partial class Int8LookAheadModel;

[SequenceModel(Input = 4, Task = SequenceTask.ManyToOne, Weights = WeightFormat.Int8)]
[Lstm(16, Bias = false)]
[Dense(8, Activation.Relu)]
[Dense(Activation.Softmax)]
public sealed partial class Int8LastModel;

/// <summary>Weights that as floats were beyond the size at which steps alternate the order of the blocks.</summary>
[SequenceModel(Input = 30, Weights = WeightFormat.Int8)]
[Lstm(208)]
[Dense(2)]
public sealed partial class Int8WideModel;

[SequenceModel(Input = 7, Weights = WeightFormat.Int8)]
[Embedding(5)]
[Gru(9, Layers = 2)]
[Decoder(6)]
[Embedding(4)]
[Gru(9, Layers = 2)]
[Attention(Units = 5)]
[Dense(6, Activation.Softmax)]
public sealed partial class Int8AdditiveTranslator;

[SequenceModel(Input = 4, Weights = WeightFormat.Int8)]
[Gru(6, Direction = Direction.Bidirectional)]
[Lstm(12)]
[Decoder(5)]
[OneHot]
[Gru(6)]
[Lstm(12)]
[Attention(Score = AttentionScore.DotProduct, Units = 17)]
[Dense(5, Activation.Softmax)]
public sealed partial class Int8DotTranslator;

[SequenceModel(Input = 6, Weights = WeightFormat.Int8)]
[Dense(12, Activation.Tanh)]
[Dense(9, Activation.Relu)]
[Decoder(5)]
[Embedding(4)]
[Lstm(9)]
[Dense(5, Activation.Softmax)]
public sealed partial class Int8CaptionModel;
