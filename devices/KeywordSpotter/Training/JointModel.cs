using Seq.Embedded;

namespace KeywordSpotter.Training;

/// <summary>
/// <see cref="KeywordModel"/> while it is trained: the same layers below a linear head with three groups of outputs (<see cref="JointOutputs"/>), so that the
/// layers learn to tell more than a handful of keywords. What is used later are the rows of the first group.
/// </summary>
[SequenceModel(Input = 80)]
[Dense(48, Activation.Relu, Name = "dense", Dropout = 0.15)]
[Gru(64, Layers = 2, Dropout = 0.15, Name = "gru")]
[Dense(Activation.None, Name = "head")]
public sealed partial class JointModel;
