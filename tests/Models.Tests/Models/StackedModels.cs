namespace Seq.Embedded.Models.Tests.Models;

// Stacks of two and three layers, and different cells on each other.

[SequenceModel(Input = 4)]
[Rnn(17, Layers = 3)]
public sealed partial class RnnStackModel;

[SequenceModel(Input = 3)]
[Gru(18, Layers = 2)]
public sealed partial class GruStackModel;

[SequenceModel(Input = 2)]
[Gru(6, Layers = 3, Reset = GruReset.BeforeProduct)]
public sealed partial class GruBeforeStackModel;

[SequenceModel(Input = 5)]
[Lstm(13, Layers = 3)]
public sealed partial class LstmStackModel;

[SequenceModel(Input = 6)]
[Rnn(21)]
[Lstm(10, Layers = 2)]
[Gru(15)]
[Gru(4, Reset = GruReset.BeforeProduct)]
public sealed partial class MixedStackModel;
