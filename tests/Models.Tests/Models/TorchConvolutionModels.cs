namespace Seq.Embedded.Models.Tests.Models;

// The convolutions over time of tests/Vectors/torch_layers.py.

[SequenceModel(Input = 6)]
[Conv1D(9, Kernel = 5, Activation = Activation.Relu)]
[Gru(10)]
[Dense(4, Activation.Softmax, Name = "head")]
public sealed partial class TorchConvModel;

[SequenceModel(Input = 6)]
[Conv1D(9, Kernel = 5, Stride = 2, Activation = Activation.Tanh)]
[Gru(10)]
[Dense(4, Activation.Softmax, Name = "head")]
public sealed partial class TorchConvStrideModel;

[SequenceModel(Input = 6)]
[Conv1D(9, Kernel = 5, Dilation = 2)]
[Gru(10)]
[Dense(4, Activation.Softmax, Name = "head")]
public sealed partial class TorchConvDilationModel;

[SequenceModel(Input = 6)]
[Conv1D(9, Kernel = 3, Stride = 3, Dilation = 2, Activation = Activation.Relu)]
[Gru(10)]
[Dense(4, Activation.Softmax, Name = "head")]
public sealed partial class TorchConvStrideDilationModel;

[SequenceModel(Input = 6)]
[Conv1D(9, Kernel = 5, Stride = 2, Activation = Activation.Tanh)]
[Gru(7, Direction = Direction.Bidirectional)]
[Dense(4, Activation.Softmax, Name = "head")]
public sealed partial class TorchConvStrideBidirectionalModel;
