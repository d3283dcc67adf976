namespace Seq.Embedded.Models.Tests.Models;

// The layers without biases of tests/Vectors/torch_recurrent.py.

[SequenceModel(Input = 5)]
[Gru(10, Bias = false)]
[Lstm(7, Bias = false)]
[Rnn(6, Bias = false)]
[Dense(4, Activation.Softmax, Bias = false, Name = "head")]
public sealed partial class TorchNoBiasModel;
