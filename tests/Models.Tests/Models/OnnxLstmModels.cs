namespace Seq.Embedded.Models.Tests.Models;

// The variants of the LSTM in tests/Vectors/onnxruntime_models.py.

[SequenceModel(Input = 6)]
[Lstm(11, Peepholes = true)]
public sealed partial class OnnxLstmPeepholeModel;

[SequenceModel(Input = 4)]
[Lstm(9, CoupledGates = true)]
public sealed partial class OnnxLstmCoupledModel;
