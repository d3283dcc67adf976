namespace Seq.Embedded.Models.Tests.Models;

// The models of tests/Vectors/torch_recurrent.py, with its names of modules; the name of a class says which files are its.

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

[SequenceModel(Input = 5)]
[Lstm(12, Name = "lstm")]
[Dense(6, Activation.Softmax, Name = "head")]
public sealed partial class TorchCtcModel;

[SequenceModel(Input = 5)]
[Gru(9, Name = "gru")]
[Dense(3, Activation.Sigmoid, Name = "head")]
public sealed partial class TorchBceModel;

[SequenceModel(Input = 4, Task = SequenceTask.ManyToOne)]
[Lstm(10, Name = "lstm")]
[Dense(2, Name = "head")]
public sealed partial class TorchMseModel;

// Of tests/Vectors/torch_cells.py.
[SequenceModel(Input = 5)]
[Gru(9, Reset = GruReset.BeforeProduct)]
[Dense(4, Activation.Softmax, Name = "head")]
public sealed partial class TorchGruBeforeModel;
