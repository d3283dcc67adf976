using Seq.Embedded;

namespace Chorales;

/// <summary>
/// Foretells the notes of the next time step: 88 keys of a piano in, which sound now; the probability of each to sound next, independent of the others, out.
/// The first input of a chorale has no note.
/// </summary>
[SequenceModel(Input = 88)]
[Gru(192, Dropout = 0.3, Name = "gru")]
[Dense(88, Activation.Sigmoid, Name = "head")]
public sealed partial class ChoraleModel;
