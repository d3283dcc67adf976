namespace Seq.Embedded.Models.Tests.Models;

// The attention pooling of tests/Vectors/torch_layers.py.

[SequenceModel(Input = 5, Task = SequenceTask.ManyToOne)]
[Gru(11)]
[AttentionPooling(6, Name = "pooling")]
[Dense(4, Activation.Softmax, Name = "head")]
public sealed partial class TorchAttentionPoolingModel;
