namespace Seq.Embedded.Models.Tests.Models;

// The layers of tests/Vectors/onnxruntime_models.py that read the whole sequence.

[SequenceModel(Input = 5)]
[Gru(11, Direction = Direction.Bidirectional)]
public sealed partial class OnnxGruBidirectionalModel;

[SequenceModel(Input = 5)]
[Gru(11, Reset = GruReset.BeforeProduct, Direction = Direction.Bidirectional)]
public sealed partial class OnnxGruBeforeBidirectionalModel;

[SequenceModel(Input = 5)]
[Lstm(9, Direction = Direction.Bidirectional)]
public sealed partial class OnnxLstmBidirectionalModel;

[SequenceModel(Input = 5)]
[Rnn(12, Direction = Direction.Reverse)]
public sealed partial class OnnxRnnReverseModel;
