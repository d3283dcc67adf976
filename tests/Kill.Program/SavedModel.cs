namespace Seq.Embedded.Kill;

/// <summary>A model of half a megabyte, so that writing it and its checkpoint takes a while.</summary>
[SequenceModel(Input = 8)]
[Gru(192, Dropout = 0.2f)]
[Dense(4, Activation.Softmax)]
public sealed partial class SavedModel;
