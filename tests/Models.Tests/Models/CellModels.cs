namespace Seq.Embedded.Models.Tests.Models;

// Every cell and option beyond the three of PyTorch, of sizes around the widths of vectors, alone and on each other.

[SequenceModel(Input = 4)]
[Gru(9, Reset = GruReset.None)]
public sealed partial class GruSimpleModel;

[SequenceModel(Input = 3)]
[Gru(33, Layers = 2, Reset = GruReset.None, Bias = false)]
[Dense(4, Activation.Softmax, Bias = false)]
public sealed partial class GruSimpleUnbiasedModel;

[SequenceModel(Input = 5)]
[Lstm(11, Peepholes = true)]
public sealed partial class LstmPeepholeModel;

[SequenceModel(Input = 3)]
[Lstm(17, CoupledGates = true)]
public sealed partial class LstmCoupledModel;

[SequenceModel(Input = 2)]
[Lstm(19, Peepholes = true, CoupledGates = true, Bias = false, Layers = 2)]
[Dense(3)]
public sealed partial class LstmPeepholeCoupledModel;

[SequenceModel(Input = 6)]
[Lstm(20, Projection = 7)]
public sealed partial class LstmProjectionModel;

[SequenceModel(Input = 4)]
[Lstm(13, Projection = 5, Layers = 2, Dropout = 0.2, InitialState = InitialState.Learned)]
[Dense(4, Activation.Softmax)]
public sealed partial class LstmProjectionStackModel;

[SequenceModel(Input = 3, Task = SequenceTask.ManyToOne)]
[Lstm(33, Projection = 17)]
public sealed partial class LstmProjectionLastModel;

[SequenceModel(Input = 5)]
[Gru(11, Normalize = true)]
public sealed partial class GruNormalizedModel;

[SequenceModel(Input = 4)]
[Gru(18, Normalize = true, Layers = 2, Bias = false)]
[Dense(3, Activation.Softmax)]
public sealed partial class GruNormalizedStackModel;

[SequenceModel(Input = 6)]
[Lstm(9, Normalize = true)]
public sealed partial class LstmNormalizedModel;

[SequenceModel(Input = 2)]
[Lstm(21, Normalize = true, Peepholes = true, CoupledGates = true, Projection = 6, InitialState = InitialState.Learned, Bias = false)]
[Dense(3, Activation.Softmax)]
public sealed partial class LstmEverythingModel;

[SequenceModel(Input = 3)]
[Mgu(10)]
public sealed partial class MguModel;

[SequenceModel(Input = 4)]
[Mgu(35, Layers = 2, Bias = false, InitialState = InitialState.Learned)]
[Dense(2, Activation.Sigmoid)]
public sealed partial class MguStackModel;

[SequenceModel(Input = 5)]
[FastGrnn(12)]
public sealed partial class FastGrnnModel;

[SequenceModel(Input = 2)]
[FastGrnn(37, Layers = 2)]
[FastGrnn(3, Bias = false, Name = "small")]
[Dense(3, Activation.Softmax)]
public sealed partial class FastGrnnStackModel;

/// <summary>Sizes whose blocks of units are computed two at a time at every vector width, with scalars.</summary>
[SequenceModel(Input = 5)]
[FastGrnn(32)]
[Dense(24, Activation.Sigmoid)]
public sealed partial class FastGrnnPairsModel;

[SequenceModel(Input = 3)]
[Rnn(7, Bias = false)]
[Gru(6, InitialState = InitialState.Learned)]
[Gru(5, Reset = GruReset.BeforeProduct, InitialState = InitialState.Learned, Bias = false)]
[Lstm(4, InitialState = InitialState.Learned, ForgetBias = 1)]
public sealed partial class LearnedStartModel;

[SequenceModel(Input = 4, Task = SequenceTask.ManyToOne)]
[Lstm(16, Bias = false)]
[Dense(Activation.Softmax, Bias = false)]
public sealed partial class OpenUnbiasedModel;

[SequenceModel(Input = 3)]
[Lstm(10, Projection = 4, Peepholes = true, Direction = Direction.Bidirectional, InitialState = InitialState.Learned, Layers = 2)]
[Gru(7, Normalize = true, Direction = Direction.Reverse, InitialState = InitialState.Learned)]
[Dense(3, Activation.Softmax)]
public sealed partial class CellDirectionsModel;
