namespace Seq.Embedded.Models.Tests.Models;

// One recurrent layer, of sizes around the widths of vectors (4, 8, 16) and of one unit.

[SequenceModel(Input = 3)]
[Rnn(5)]
public sealed partial class RnnTanhModel;

[SequenceModel(Input = 2)]
[Rnn(9, Activation = Activation.Relu)]
public sealed partial class RnnReluModel;

[SequenceModel(Input = 1)]
[Rnn(1)]
public sealed partial class RnnOneUnitModel;

[SequenceModel(Input = 17)]
[Rnn(70)]
public sealed partial class RnnWideModel;

[SequenceModel(Input = 5)]
[Gru(7)]
public sealed partial class GruModel;

[SequenceModel(Input = 2)]
[Gru(1)]
public sealed partial class GruOneUnitModel;

[SequenceModel(Input = 3)]
[Gru(65)]
public sealed partial class GruWideModel;

[SequenceModel(Input = 16)]
[Gru(32)]
public sealed partial class GruEvenModel;

[SequenceModel(Input = 4)]
[Gru(9, Reset = GruReset.BeforeProduct)]
public sealed partial class GruBeforeModel;

[SequenceModel(Input = 7)]
[Gru(37, Reset = GruReset.BeforeProduct)]
public sealed partial class GruBeforeWideModel;

[SequenceModel(Input = 6)]
[Lstm(11)]
public sealed partial class LstmModel;

[SequenceModel(Input = 1)]
[Lstm(1)]
public sealed partial class LstmOneUnitModel;

[SequenceModel(Input = 19)]
[Lstm(33)]
public sealed partial class LstmWideModel;
