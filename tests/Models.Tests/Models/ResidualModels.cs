namespace Seq.Embedded.Models.Tests.Models;

// Layers that add their input to their output, streamed step by step.

[SequenceModel(Input = 5)]
[Gru(5, Residual = true)]
public sealed partial class ResidualGruModel;

[SequenceModel(Input = 7)]
[Lstm(7, Layers = 3, Residual = true, Dropout = 0.3)]
[Dense(7, Activation.Relu, Residual = true, Dropout = 0.2)]
[Rnn(4)]
[Dense(3, Activation.Softmax)]
public sealed partial class ResidualStackModel;

[SequenceModel(Input = 18)]
[Dense(18, Activation.Tanh, Residual = true)]
[Gru(18, Residual = true, Reset = GruReset.BeforeProduct)]
[Dense(18, Residual = true)]
public sealed partial class ResidualOutputModel;

[SequenceModel(Input = 3)]
[Dense(3, Activation.Sigmoid, Residual = true)]
public sealed partial class ResidualSigmoidModel;

[SequenceModel(Input = 6, Task = SequenceTask.ManyToOne)]
[Gru(6, Layers = 2, Residual = true, Dropout = 0.2)]
[Dense(6, Activation.Sigmoid, Residual = true, Dropout = 0.1)]
[Dense(Activation.None)]
public sealed partial class LastResidualModel;
