namespace Seq.Embedded.Models.Tests.Models;

// Attention pooling over time: of the inputs themselves, of recurrent layers, of a stride, alone and below dense layers.

[SequenceModel(Input = 5, Task = SequenceTask.ManyToOne)]
[AttentionPooling(3)]
public sealed partial class PoolInputModel;

[SequenceModel(Input = 4, Task = SequenceTask.ManyToOne)]
[Gru(19, Dropout = 0.2)]
[AttentionPooling(17)]
public sealed partial class PoolGruModel;

[SequenceModel(Input = 3, Task = SequenceTask.ManyToOne)]
[Conv1D(6, Kernel = 3, Stride = 2)]
[Rnn(9)]
[AttentionPooling(8, Name = "attention", Dropout = 0.3)]
[Dense(5, Activation.Tanh)]
[Dense(Activation.Softmax)]
public sealed partial class PoolHeadModel;

[SequenceModel(Input = 4, Task = SequenceTask.ManyToOne)]
[Conv1D(6, Kernel = 2, Stride = 2)]
[Rnn(7, Direction = Direction.Bidirectional)]
[AttentionPooling(5)]
[Dense(3)]
public sealed partial class PoolDirectionsModel;
