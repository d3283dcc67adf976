namespace Seq.Embedded;

/// <summary>Which time steps of a sequence have an output.</summary>
public enum SequenceTask
{
    /// <summary>One output per time step: inputs (T, I), outputs (T, O).</summary>
    ManyToMany,

    /// <summary>One output for the sequence, computed from the last time step: inputs (T, I), output (O).</summary>
    ManyToOne,
}
