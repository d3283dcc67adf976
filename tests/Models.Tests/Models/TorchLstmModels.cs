namespace Seq.Embedded.Models.Tests.Models;

// The variants of the LSTM in tests/Vectors/torch_cells.py.

[SequenceModel(Input = 5)]
[Lstm(9, Peepholes = true)]
[Dense(4, Activation.Softmax, Name = "head")]
public sealed partial class TorchLstmPeepholeModel;

[SequenceModel(Input = 5)]
[Lstm(9, Peepholes = true, CoupledGates = true)]
[Dense(4, Activation.Softmax, Name = "head")]
public sealed partial class TorchLstmCoupledModel;
