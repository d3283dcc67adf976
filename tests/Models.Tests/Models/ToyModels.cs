namespace Seq.Embedded.Models.Tests.Models;

// Models that are trained to the end.

[SequenceModel(Input = 4, Task = SequenceTask.ManyToOne)]
[Gru(16)]
[Dense(4, Activation.Softmax)]
public sealed partial class RememberModel;

[SequenceModel(Input = 1)]
[Lstm(12)]
[Dense(2, Activation.Softmax)]
public sealed partial class ParityModel;
