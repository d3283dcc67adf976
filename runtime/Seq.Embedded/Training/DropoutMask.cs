namespace Seq.Embedded.Training;

/// <summary>How often dropout draws a new mask.</summary>
public enum DropoutMask
{
    /// <summary>At every time step.</summary>
    PerStep,

    /// <summary>
    /// Once for a sequence: a layer drops the same units at all its time steps (variational dropout; Gal and Ghahramani, "A Theoretically
    /// Grounded Application of Dropout in Recurrent Neural Networks", 2016). The mask is that of the first step of <see cref="PerStep"/>.
    /// </summary>
    PerSequence,
}
