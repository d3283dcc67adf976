namespace Seq.Embedded.Models.Tests.Models;

[SequenceModel(Input = 5)]
[Gru(7)]
public sealed partial class GruModel;

[SequenceModel(Input = 80)]
[Dense(48, Activation.Relu, Dropout = 0.15)]
[Gru(64, Layers = 2, Dropout = 0.15)]
[Dense(Activation.Softmax, Name = "head")]
public sealed partial class KeywordModel;

[SequenceModel(Input = 3, Task = SequenceTask.ManyToOne)]
[Rnn(19)]
[Lstm(33, Layers = 2, Dropout = 0.1)]
[Dense(6, Activation.Tanh)]
[Dense(4, Activation.Softmax, Name = "head")]
public sealed partial class LastModel;

[SequenceModel(Input = 4)]
[Gru(9, Reset = GruReset.BeforeProduct)]
[Dense(3)]
public sealed partial class ResetBeforeModel;

[SequenceModel(Input = 1, Task = SequenceTask.ManyToOne)]
[Rnn(6, Activation = Activation.Relu, Dropout = 0.5)]
public sealed partial class ReluModel;
