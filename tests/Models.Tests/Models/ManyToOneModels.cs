namespace Seq.Embedded.Models.Tests.Models;

// One output a sequence: with and without layers above the last recurrent one.

[SequenceModel(Input = 1, Task = SequenceTask.ManyToOne)]
[Rnn(6, Activation = Activation.Relu, Dropout = 0.5)]
public sealed partial class LastRnnModel;

[SequenceModel(Input = 4, Task = SequenceTask.ManyToOne)]
[Lstm(18, Layers = 2)]
public sealed partial class LastLstmModel;

[SequenceModel(Input = 3, Task = SequenceTask.ManyToOne)]
[Rnn(19)]
[Lstm(33, Layers = 2, Dropout = 0.1)]
[Dense(6, Activation.Tanh, Dropout = 0.2)]
[Dense(4, Activation.Softmax, Name = "head")]
public sealed partial class LastHeadModel;

[SequenceModel(Input = 5, Task = SequenceTask.ManyToOne)]
[Dense(11, Activation.Relu)]
[Gru(10, Layers = 3)]
[Dense(2)]
public sealed partial class LastDenseModel;

[SequenceModel(Input = 2, Task = SequenceTask.ManyToOne)]
[Gru(5, Reset = GruReset.BeforeProduct)]
[Dense(13, Activation.Sigmoid)]
[Dense(Activation.Softmax)]
public sealed partial class LastOpenModel;
