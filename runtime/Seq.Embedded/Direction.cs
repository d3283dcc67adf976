namespace Seq.Embedded;

/// <summary>The direction of time in which a recurrent layer reads a sequence. Outputs stand in the order of the input for each of them.</summary>
public enum Direction
{
    /// <summary>From the first time step to the last: the output of time t knows the inputs up to t. Such a model can be streamed.</summary>
    Forward,

    /// <summary>
    /// From the last time step to the first: the output of time t knows the inputs from t on. The tensors end in <c>_reverse</c>.
    /// The model reads the whole sequence, or chunks of <see cref="SequenceModelAttribute.LookAhead"/> time steps.
    /// </summary>
    Reverse,

    /// <summary>
    /// Both (Schuster and Paliwal 1997; PyTorch's <c>bidirectional=True</c>), each with weights of its own, merged as <see cref="DirectionMerge"/> says.
    /// The model reads the whole sequence, or chunks of <see cref="SequenceModelAttribute.LookAhead"/> time steps.
    /// </summary>
    Bidirectional,
}
