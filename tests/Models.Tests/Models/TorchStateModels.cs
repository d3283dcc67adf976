namespace Seq.Embedded.Models.Tests.Models;

// The initial states that are parameters of tests/Vectors/torch_recurrent.py.

[SequenceModel(Input = 4)]
[Gru(9, InitialState = InitialState.Learned)]
[Lstm(6, InitialState = InitialState.Learned)]
[Dense(3, Activation.Softmax, Name = "head")]
public sealed partial class TorchLearnedStateModel;
