namespace Seq.Embedded.Models.Tests.Models;

// Cells whose equations stand in classes of this project.

[SequenceModel(Input = 4)]
[Leaky(9)]
public sealed partial class LeakyModel;

[SequenceModel(Input = 3)]
[Mixing(18, Layers = 2, InitialState = InitialState.Learned)]
[Leaky(7, Bias = false, Dropout = 0.1)]
[Dense(3, Activation.Softmax)]
public sealed partial class UserStackModel;

[SequenceModel(Input = 3, LookAhead = 3)]
[Mixing(5, Direction = Direction.Bidirectional, Merge = DirectionMerge.Average, InitialState = InitialState.Learned)]
[Leaky(5, Direction = Direction.Reverse, Residual = true)]
public sealed partial class UserDirectionsModel;

[SequenceModel(Input = 2)]
[Growing(5)]
public sealed partial class GrowingModel;
