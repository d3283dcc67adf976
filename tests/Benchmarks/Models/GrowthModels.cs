namespace Seq.Embedded.Benchmarks;

// GRU layers with as many inputs as units: how the time of a step grows with the weights.

[SequenceModel(Input = 8)]
[Gru(8)]
internal sealed partial class Square8;

[SequenceModel(Input = 12)]
[Gru(12)]
internal sealed partial class Square12;

[SequenceModel(Input = 16)]
[Gru(16)]
internal sealed partial class Square16;

[SequenceModel(Input = 24)]
[Gru(24)]
internal sealed partial class Square24;

[SequenceModel(Input = 32)]
[Gru(32)]
internal sealed partial class Square32;

[SequenceModel(Input = 48)]
[Gru(48)]
internal sealed partial class Square48;

[SequenceModel(Input = 64)]
[Gru(64)]
internal sealed partial class Square64;

[SequenceModel(Input = 96)]
[Gru(96)]
internal sealed partial class Square96;

[SequenceModel(Input = 128)]
[Gru(128)]
internal sealed partial class Square128;

[SequenceModel(Input = 192)]
[Gru(192)]
internal sealed partial class Square192;

[SequenceModel(Input = 256)]
[Gru(256)]
internal sealed partial class Square256;

[SequenceModel(Input = 384)]
[Gru(384)]
internal sealed partial class Square384;

[SequenceModel(Input = 512)]
[Gru(512)]
internal sealed partial class Square512;
