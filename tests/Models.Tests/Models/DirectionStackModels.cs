namespace Seq.Embedded.Models.Tests.Models;

// Directions mixed in stacks, with dense layers between, dropout, residual connections, and one output a sequence.

[SequenceModel(Input = 3)]
[Lstm(8, Layers = 3, Direction = Direction.Bidirectional, Dropout = 0.3)]
[Dense(2)]
public sealed partial class BidirectionalStackModel;

[SequenceModel(Input = 4)]
[Gru(6, Layers = 2, Direction = Direction.Bidirectional, Dropout = 0.2)]
[Dense(10, Activation.Tanh, Dropout = 0.1)]
[Rnn(5)]
[Lstm(7, Direction = Direction.Reverse)]
[Dense(4, Activation.Softmax)]
public sealed partial class MixedDirectionsModel;

[SequenceModel(Input = 12)]
[Gru(6, Layers = 2, Direction = Direction.Bidirectional, Residual = true, Dropout = 0.25)]
[Lstm(12, Direction = Direction.Reverse, Residual = true)]
[Rnn(12, Direction = Direction.Bidirectional, Merge = DirectionMerge.Average, Residual = true)]
public sealed partial class ResidualDirectionsModel;

[SequenceModel(Input = 2, Task = SequenceTask.ManyToOne)]
[Gru(5, Direction = Direction.Bidirectional, Dropout = 0.3)]
[Dense(3, Activation.Softmax)]
public sealed partial class LastBidirectionalModel;

[SequenceModel(Input = 3, Task = SequenceTask.ManyToOne)]
[Lstm(4, Layers = 2, Direction = Direction.Bidirectional, Merge = DirectionMerge.Average)]
public sealed partial class LastAverageModel;

[SequenceModel(Input = 3, Task = SequenceTask.ManyToOne)]
[Rnn(4, Direction = Direction.Bidirectional, Merge = DirectionMerge.Sum)]
[Gru(17, Direction = Direction.Reverse, Reset = GruReset.BeforeProduct)]
[Dense(17, Activation.Tanh, Residual = true)]
[Dense(Activation.Sigmoid)]
public sealed partial class LastReverseModel;

[SequenceModel(Input = 3, Task = SequenceTask.ManyToOne)]
[Gru(5, Direction = Direction.Bidirectional)]
[Lstm(10, Residual = true, Dropout = 0.4)]
public sealed partial class LastForwardModel;
