namespace Seq.Embedded.Kill;

/// <summary>A model of 130 kB, with a checkpoint of 780 kB: writing them takes a while.</summary>
[SequenceModel(Input = 8)]
[Gru(96, Dropout = 0.2f)]
[Dense(4, Activation.Softmax)]
public sealed partial class SavedModel;
