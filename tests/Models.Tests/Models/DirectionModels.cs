namespace Seq.Embedded.Models.Tests.Models;

// Reverse and bidirectional layers of every cell and merge: models that read the whole sequence.

[SequenceModel(Input = 3)]
[Rnn(5, Direction = Direction.Reverse)]
public sealed partial class ReverseRnnModel;

[SequenceModel(Input = 2)]
[Gru(17, Direction = Direction.Reverse, Reset = GruReset.BeforeProduct)]
public sealed partial class ReverseGruModel;

[SequenceModel(Input = 4)]
[Lstm(9, Direction = Direction.Reverse)]
[Dense(3, Activation.Softmax)]
public sealed partial class ReverseLstmModel;

[SequenceModel(Input = 1)]
[Rnn(6, Direction = Direction.Bidirectional, Activation = Activation.Relu)]
public sealed partial class BidirectionalRnnModel;

[SequenceModel(Input = 5)]
[Gru(7, Direction = Direction.Bidirectional)]
public sealed partial class BidirectionalGruModel;

[SequenceModel(Input = 3)]
[Lstm(18, Direction = Direction.Bidirectional)]
[Dense(Activation.Softmax)]
public sealed partial class BidirectionalLstmModel;

[SequenceModel(Input = 3)]
[Rnn(4, Direction = Direction.Bidirectional, Merge = DirectionMerge.Sum)]
[Dense(2, Activation.Tanh)]
public sealed partial class SumRnnModel;

[SequenceModel(Input = 2)]
[Gru(19, Direction = Direction.Bidirectional, Merge = DirectionMerge.Sum, Layers = 2)]
public sealed partial class SumGruModel;

[SequenceModel(Input = 4)]
[Lstm(6, Direction = Direction.Bidirectional, Merge = DirectionMerge.Average)]
public sealed partial class AverageLstmModel;

[SequenceModel(Input = 6)]
[Gru(5, Direction = Direction.Bidirectional, Merge = DirectionMerge.Average, Reset = GruReset.BeforeProduct)]
[Dense(4)]
public sealed partial class AverageGruModel;

[SequenceModel(Input = 3)]
[Mgu(6, Direction = Direction.Bidirectional, InitialState = InitialState.Learned)]
public sealed partial class BidirectionalMguModel;

[SequenceModel(Input = 2)]
[FastGrnn(7, Direction = Direction.Bidirectional, Merge = DirectionMerge.Sum)]
[FastGrnn(7, Direction = Direction.Reverse, Residual = true)]
public sealed partial class DirectionsFastGrnnModel;

[SequenceModel(Input = 4)]
[Mgu(5, Direction = Direction.Reverse)]
[Lstm(9, Projection = 5, Layers = 2, Direction = Direction.Bidirectional, Merge = DirectionMerge.Average, Residual = true)]
[Lstm(6, Peepholes = true, CoupledGates = true, Direction = Direction.Bidirectional)]
public sealed partial class BidirectionalProjectionModel;

[SequenceModel(Input = 3)]
[Gru(5, Normalize = true, Direction = Direction.Bidirectional)]
public sealed partial class BidirectionalNormalisedModel;
