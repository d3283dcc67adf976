namespace Seq.Embedded.Models.Tests.Models;

// The models of tests/Vectors/make_models.py, with its module names.

[SequenceModel(Input = 5)]
[Rnn(19, Layers = 2, Name = "rnn")]
[Dense(4, Activation.Softmax, Name = "head")]
public sealed partial class TorchRnnModel;

[SequenceModel(Input = 6)]
[Dense(9, Activation.Relu, Name = "front")]
[Gru(17, Layers = 2, Name = "gru")]
[Dense(Activation.Softmax, Name = "head")]
public sealed partial class TorchGruModel;

[SequenceModel(Input = 7, Task = SequenceTask.ManyToOne)]
[Lstm(13, Layers = 2, Name = "lstm")]
[Dense(10, Activation.Tanh, Name = "middle")]
[Dense(5, Activation.Softmax, Name = "head")]
public sealed partial class TorchLstmModel;
