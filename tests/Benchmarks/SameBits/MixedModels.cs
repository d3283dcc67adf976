using Seq.Embedded;

namespace SameBits;

/// <summary>Convolution, normalisation, projection: layers that the keyword spotter does not have.</summary>
[SequenceModel(Input = 80)]
[Conv1D(24, Kernel = 3, Activation = Activation.Tanh)]
[Lstm(37, Normalize = true)]
[Lstm(40, Projection = 24, Residual = false)]
[Dense(5, Activation.Sigmoid)]
public sealed partial class StreamedModel;

/// <summary>Both directions of time, and one output of attention over all of them.</summary>
[SequenceModel(Input = 80, Task = SequenceTask.ManyToOne)]
[Gru(33, Direction = Direction.Bidirectional)]
[AttentionPooling(16)]
[Dense(5, Activation.Softmax)]
public sealed partial class PooledModel;
