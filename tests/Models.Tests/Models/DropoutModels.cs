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

/// <summary>With weights of zero and biases of one the outputs are the mask of the first layer.</summary>
[SequenceModel(Input = 1)]
[Dense(40, Dropout = 0.3)]
[Dense(40)]
public sealed partial class MaskModel;
