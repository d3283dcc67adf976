namespace Seq.Embedded.Models.Tests.Models;

// Reverse directions that are streamed in chunks.

[SequenceModel(Input = 3, LookAhead = 1)]
[Gru(6, Direction = Direction.Bidirectional)]
[Dense(2)]
public sealed partial class LookAheadOneModel;

[SequenceModel(Input = 2, LookAhead = 3)]
[Lstm(7, Layers = 2, Direction = Direction.Bidirectional, Dropout = 0.3)]
[Dense(Activation.Softmax)]
public sealed partial class LookAheadThreeModel;

[SequenceModel(Input = 5, LookAhead = 8)]
[Dense(4, Activation.Tanh)]
[Gru(9, Direction = Direction.Bidirectional, Merge = DirectionMerge.Sum, Reset = GruReset.BeforeProduct)]
[Rnn(9, Residual = true)]
[Lstm(5, Direction = Direction.Reverse)]
public sealed partial class LookAheadEightModel;

[SequenceModel(Input = 4, LookAhead = 3)]
[Rnn(17, Direction = Direction.Reverse)]
public sealed partial class LookAheadReverseModel;

[SequenceModel(Input = 3, LookAhead = 3)]
[Gru(6, Direction = Direction.Bidirectional, InitialState = InitialState.Learned)]
[Lstm(5, Direction = Direction.Reverse, InitialState = InitialState.Learned)]
public sealed partial class LookAheadLearnedModel;

[SequenceModel(Input = 8, LookAhead = 3)]
[Lstm(9, Projection = 4, Direction = Direction.Bidirectional, Residual = true, InitialState = InitialState.Learned)]
[Lstm(8, Normalize = true, Layers = 2, Direction = Direction.Bidirectional, Merge = DirectionMerge.Sum, Residual = true, InitialState = InitialState.Learned)]
public sealed partial class LookAheadNormalizedModel;

[SequenceModel(Input = 6, LookAhead = 2)]
[Mixing(3, Direction = Direction.Bidirectional, Residual = true, InitialState = InitialState.Learned)]
[Leaky(6, Layers = 2, Direction = Direction.Bidirectional, Merge = DirectionMerge.Sum, Residual = true)]
public sealed partial class LookAheadUserModel;
