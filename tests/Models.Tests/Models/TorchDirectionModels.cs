namespace Seq.Embedded.Models.Tests.Models;

// The bidirectional layers of tests/Vectors/torch_recurrent.py.

[SequenceModel(Input = 5)]
[Rnn(11, Activation = Activation.Relu, Direction = Direction.Bidirectional)]
[Dense(4, Activation.Softmax, Name = "head")]
public sealed partial class TorchRnnBidirectionalModel;

[SequenceModel(Input = 6)]
[Gru(9, Layers = 2, Direction = Direction.Bidirectional)]
[Dense(5, Activation.Softmax, Name = "head")]
public sealed partial class TorchGruBidirectionalModel;

[SequenceModel(Input = 5)]
[Lstm(7, Layers = 2, Direction = Direction.Bidirectional)]
[Dense(4, Activation.Softmax, Name = "head")]
public sealed partial class TorchLstmBidirectionalModel;

[SequenceModel(Input = 5, Task = SequenceTask.ManyToOne)]
[Lstm(8, Layers = 2, Direction = Direction.Bidirectional)]
[Dense(4, Activation.Softmax, Name = "head")]
public sealed partial class TorchLastBidirectionalModel;
