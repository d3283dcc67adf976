namespace Seq.Embedded.Models.Tests.Models;

// Dropout on every kind of layer, per time step and per sequence.

[SequenceModel(Input = 6)]
[Dense(9, Activation.Tanh, Dropout = 0.3)]
[Gru(8, Layers = 2, Dropout = 0.25)]
[Lstm(7, Dropout = 0.5)]
[Dense(3, Activation.Softmax, Dropout = 0.9)]
public sealed partial class DropoutModel;

[SequenceModel(Input = 3, Task = SequenceTask.ManyToOne)]
[Gru(12, Layers = 2, Dropout = 0.4, Reset = GruReset.BeforeProduct)]
[Dense(10, Activation.Sigmoid, Dropout = 0.2)]
[Dense(4)]
public sealed partial class LastDropoutModel;

[SequenceModel(Input = 4)]
[Conv1D(7, Kernel = 3, Stride = 2, Activation = Activation.Tanh, Dropout = 0.3)]
[Gru(5, Layers = 2, Direction = Direction.Bidirectional, Dropout = 0.25)]
[Dense(3)]
public sealed partial class StrideDropoutModel;

/// <summary>With weights of zero and biases of one the outputs are the mask of the first layer.</summary>
[SequenceModel(Input = 1)]
[Dense(40, Dropout = 0.3)]
[Dense(40)]
public sealed partial class MaskModel;
