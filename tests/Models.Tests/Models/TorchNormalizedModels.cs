namespace Seq.Embedded.Models.Tests.Models;

// The layer-normalised cells of tests/Vectors/torch_cells.py.

[SequenceModel(Input = 5)]
[Gru(9, Normalize = true)]
[Dense(4, Activation.Softmax, Name = "head")]
public sealed partial class TorchGruNormalizedModel;

[SequenceModel(Input = 5)]
[Lstm(9, Normalize = true)]
[Dense(4, Activation.Softmax, Name = "head")]
public sealed partial class TorchLstmNormalizedModel;
