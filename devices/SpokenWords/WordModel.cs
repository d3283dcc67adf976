using Seq.Embedded;

namespace SpokenWords;

/// <summary>
/// The network of the program: 40 features per 10 ms in, one posterior per word out, for the whole clip.
/// Two convolutions shorten time to steps of 40 ms, a GRU reads it in both directions, and attention picks what counts.
/// The last layer has no size of its own: a model has as many outputs as it was created or loaded with.
/// </summary>
[SequenceModel(Input = 40, Task = SequenceTask.ManyToOne)]
[Conv1D(48, Kernel = 5, Stride = 2, Activation = Activation.Relu, Name = "conv1", Dropout = 0.1)]
[Conv1D(64, Kernel = 5, Stride = 2, Activation = Activation.Relu, Name = "conv2", Dropout = 0.1)]
[Gru(40, Direction = Direction.Bidirectional, Name = "gru", Dropout = 0.2)]
[AttentionPooling(32, Name = "attention", Dropout = 0.2)]
[Dense(Activation.Softmax, Name = "head")]
public sealed partial class WordModel;
