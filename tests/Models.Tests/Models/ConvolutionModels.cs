namespace Seq.Embedded.Models.Tests.Models;

// Convolutions over time: kernels of 1, 3 and 5, strides, dilation, below and above recurrent layers.

[SequenceModel(Input = 3)]
[Conv1D(5)]
public sealed partial class ConvModel;

[SequenceModel(Input = 4)]
[Conv1D(17, Kernel = 1, Activation = Activation.Sigmoid, Dropout = 0.5)]
[Conv1D(3, Kernel = 5, Activation = Activation.Tanh)]
public sealed partial class ConvPlainModel;

[SequenceModel(Input = 2)]
[Conv1D(7, Kernel = 3, Dilation = 2, Activation = Activation.Relu)]
[Dense(4, Activation.Softmax)]
public sealed partial class ConvDilatedModel;

[SequenceModel(Input = 5)]
[Conv1D(9, Kernel = 5, Stride = 3, Activation = Activation.Relu, Dropout = 0.2)]
[Gru(6)]
[Dense(3, Activation.Softmax)]
public sealed partial class ConvGruModel;

[SequenceModel(Input = 3)]
[Conv1D(8, Kernel = 3, Stride = 2, Name = "lower")]
[Conv1D(20, Kernel = 2, Stride = 3, Dilation = 2, Activation = Activation.Tanh, Name = "upper")]
[Lstm(5)]
public sealed partial class ConvStridesModel;

[SequenceModel(Input = 6)]
[Lstm(10)]
[Conv1D(4, Kernel = 1, Stride = 2)]
[Gru(5, Layers = 2, Reset = GruReset.BeforeProduct)]
[Conv1D(7, Kernel = 3, Dilation = 3)]
[Dense(Activation.Softmax)]
public sealed partial class ConvAboveModel;

[SequenceModel(Input = 4, Task = SequenceTask.ManyToOne)]
[Conv1D(8, Kernel = 3, Stride = 2, Activation = Activation.Relu)]
[Conv1D(8, Kernel = 3, Stride = 2, Activation = Activation.Relu, Dropout = 0.3)]
[Gru(7)]
[Dense(3, Activation.Softmax)]
public sealed partial class LastConvGruModel;

[SequenceModel(Input = 3, Task = SequenceTask.ManyToOne)]
[Rnn(6)]
[Conv1D(5, Kernel = 3, Stride = 3)]
[Dense(Activation.Tanh)]
public sealed partial class LastConvModel;

[SequenceModel(Input = 3, Task = SequenceTask.ManyToOne)]
[Conv1D(3, Activation = Activation.Sigmoid)]
public sealed partial class LastConvSigmoidModel;

[SequenceModel(Input = 3, Task = SequenceTask.ManyToOne)]
[Gru(4, Direction = Direction.Bidirectional)]
[Conv1D(5, Kernel = 1, Activation = Activation.Sigmoid)]
public sealed partial class LastConvOfOneModel;

[SequenceModel(Input = 5)]
[Conv1D(5, Kernel = 3, Dilation = 2, Residual = true, Bias = false, Dropout = 0.2)]
[Conv1D(5, Residual = true, Activation = Activation.Tanh)]
[Rnn(5, Residual = true)]
public sealed partial class ConvResidualModel;

[SequenceModel(Input = 3)]
[Conv1D(7, Stride = 2, Activation = Activation.Tanh)]
[Gru(5, Direction = Direction.Bidirectional)]
[Conv1D(4, Kernel = 2, Stride = 2, Dilation = 2)]
public sealed partial class ConvDirectionsModel;

[SequenceModel(Input = 4, LookAhead = 3)]
[Conv1D(6, Kernel = 4)]
[Lstm(5, Direction = Direction.Bidirectional, Merge = DirectionMerge.Sum)]
[Conv1D(3, Kernel = 2, Dilation = 2)]
public sealed partial class ConvLookAheadModel;
