namespace Seq.Embedded.Models.Tests.Models;

// The directions of tests/Vectors/torch_cells.py that are added or averaged, and the reverse direction alone.

[SequenceModel(Input = 5)]
[Rnn(7, Direction = Direction.Bidirectional, Merge = DirectionMerge.Sum)]
[Gru(6, Direction = Direction.Bidirectional, Merge = DirectionMerge.Average)]
[Lstm(9, Direction = Direction.Reverse)]
[Dense(4, Activation.Softmax, Name = "head")]
public sealed partial class TorchMergesModel;
