namespace Seq.Embedded;

/// <summary>How a bidirectional layer makes one row of outputs from the rows f (forward) and r (reverse) of the same time step.</summary>
public enum DirectionMerge
{
    /// <summary>[f; r]: twice the units, the forward direction first. PyTorch's form.</summary>
    Concatenate,

    /// <summary>f + r.</summary>
    Sum,

    /// <summary>(f + r) / 2.</summary>
    Average,
}
