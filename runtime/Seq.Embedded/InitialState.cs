namespace Seq.Embedded;

/// <summary>What the states of a recurrent layer are before the first time step of a sequence.</summary>
public enum InitialState
{
    /// <summary>Zero.</summary>
    Zero,

    /// <summary>Trained vectors, the same for all sequences.</summary>
    Learned,
}
