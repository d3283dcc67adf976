namespace Seq.Embedded.Models.Tests.Models;

// The small cells of tests/Vectors/torch_cells.py.

[SequenceModel(Input = 5)]
[Gru(9, Reset = GruReset.None)]
[Dense(4, Activation.Softmax, Name = "head")]
public sealed partial class TorchGruSimpleModel;

[SequenceModel(Input = 5)]
[Mgu(9)]
[Dense(4, Activation.Softmax, Name = "head")]
public sealed partial class TorchMguModel;

[SequenceModel(Input = 5)]
[FastGrnn(9)]
[Dense(4, Activation.Softmax, Name = "head")]
public sealed partial class TorchFastGrnnModel;
