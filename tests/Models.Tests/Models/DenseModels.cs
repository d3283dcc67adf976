namespace Seq.Embedded.Models.Tests.Models;

// Dense layers below, between and above recurrent ones, with every activation; fixed and open outputs.

[SequenceModel(Input = 7)]
[Dense(18, Activation.Relu)]
[Dense(33, Activation.Tanh)]
[Dense(9, Activation.Sigmoid)]
[Dense(4)]
public sealed partial class DenseOnlyModel;

[SequenceModel(Input = 3)]
[Dense(5, Activation.Softmax)]
public sealed partial class DenseSoftmaxModel;

[SequenceModel(Input = 3)]
[Dense(5, Activation.Sigmoid)]
public sealed partial class DenseSigmoidOnlyModel;

[SequenceModel(Input = 10)]
[Dense(12, Activation.Relu)]
[Gru(20)]
[Dense(6, Activation.Tanh)]
[Lstm(7)]
[Dense(3, Activation.Softmax)]
public sealed partial class DenseBetweenModel;

[SequenceModel(Input = 8)]
[Dense(5, Activation.Sigmoid)]
[Rnn(23)]
[Dense(19)]
[Gru(6, Reset = GruReset.BeforeProduct)]
[Dense(17, Activation.Sigmoid)]
public sealed partial class DenseSigmoidModel;

[SequenceModel(Input = 4)]
[Lstm(8)]
[Dense(2, Activation.Relu, Name = "head")]
public sealed partial class DenseReluHeadModel;

[SequenceModel(Input = 5)]
[Rnn(12)]
[Dense(1, Activation.Tanh)]
public sealed partial class DenseOneOutputModel;

[SequenceModel(Input = 6)]
[Gru(14)]
[Dense(Activation.Softmax, Name = "head")]
public sealed partial class OpenSoftmaxModel;

[SequenceModel(Input = 6)]
[Lstm(9)]
[Dense(Activation.Sigmoid)]
public sealed partial class OpenSigmoidModel;

[SequenceModel(Input = 5)]
[Dense(Activation.None)]
public sealed partial class OpenDenseOnlyModel;

/// <summary>The keyword spotter's structure, with dropout.</summary>
[SequenceModel(Input = 80)]
[Dense(48, Activation.Relu, Dropout = 0.15)]
[Gru(64, Layers = 2, Dropout = 0.15)]
[Dense(Activation.Softmax, Name = "head")]
public sealed partial class KeywordModel;
