namespace Seq.Embedded.Arm.Models;

// One model of each kind of layer; sizes that leave parts of vectors and single columns over.

[SequenceModel(Input = 13)]
[Gru(20)]
public sealed partial class GruModel;

[SequenceModel(Input = 13)]
[Gru(20, Reset = GruReset.BeforeProduct)]
public sealed partial class GruBeforeModel;

[SequenceModel(Input = 13)]
[Lstm(20)]
public sealed partial class LstmModel;

[SequenceModel(Input = 13)]
[Lstm(20, Peepholes = true)]
public sealed partial class PeepholeModel;

[SequenceModel(Input = 13)]
[Rnn(20)]
public sealed partial class RnnModel;

[SequenceModel(Input = 13)]
[Mgu(20)]
public sealed partial class MguModel;

[SequenceModel(Input = 13)]
[FastGrnn(20)]
public sealed partial class FastGrnnModel;

[SequenceModel(Input = 13)]
[Dense(9, Activation.Softmax)]
public sealed partial class SoftmaxModel;

[SequenceModel(Input = 13)]
[Gru(20, Direction = Direction.Bidirectional)]
[Dense(5, Activation.Sigmoid)]
public sealed partial class BidirectionalModel;
