namespace Seq.Embedded.Models.Tests.Models;

// The LSTM with projection of tests/Vectors/torch_recurrent.py.

[SequenceModel(Input = 6)]
[Lstm(14, Layers = 2, Projection = 5)]
[Dense(4, Activation.Softmax, Name = "head")]
public sealed partial class TorchLstmProjectionModel;
