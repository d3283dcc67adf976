namespace Seq.Embedded.Benchmarks;

// One layer each, 40 inputs; the classic small LSTM of audio effects; and a layer that reads the whole sequence.

[SequenceModel(Input = 40)]
[Lstm(16)]
internal sealed partial class Lstm16;

[SequenceModel(Input = 40)]
[Lstm(32)]
internal sealed partial class Lstm32;

[SequenceModel(Input = 40)]
[Lstm(64)]
internal sealed partial class Lstm64;

[SequenceModel(Input = 40)]
[Lstm(128)]
internal sealed partial class Lstm128;

[SequenceModel(Input = 40)]
[Lstm(256)]
internal sealed partial class Lstm256;

[SequenceModel(Input = 40)]
[Gru(16)]
internal sealed partial class Gru16;

[SequenceModel(Input = 40)]
[Gru(32)]
internal sealed partial class Gru32;

[SequenceModel(Input = 40)]
[Gru(64)]
internal sealed partial class Gru64;

[SequenceModel(Input = 40)]
[Gru(128)]
internal sealed partial class Gru128;

[SequenceModel(Input = 40)]
[Gru(256)]
internal sealed partial class Gru256;

[SequenceModel(Input = 1)]
[Lstm(16)]
[Dense(1)]
internal sealed partial class LstmEffect;

[SequenceModel(Input = 40)]
[Gru(64, Direction = Direction.Bidirectional)]
internal sealed partial class BidirectionalGru;
