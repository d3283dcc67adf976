namespace Seq.Embedded.Models.Tests.Models;

// The residual connections of tests/Vectors/torch_cells.py.

[SequenceModel(Input = 9)]
[Gru(9, Residual = true)]
[Lstm(9, Residual = true)]
[Dense(4, Activation.Softmax, Name = "head")]
public sealed partial class TorchResidualModel;
