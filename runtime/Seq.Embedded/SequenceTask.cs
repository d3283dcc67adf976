namespace Seq.Embedded;

/// <summary>Which time steps of a sequence have an output.</summary>
public enum SequenceTask
{
    /// <summary>One output per time step: inputs (T, I), outputs (T, O).</summary>
    ManyToMany,

    /// <summary>
    /// One output for the sequence: inputs (T, I), output (O). It is computed from the last time step; where the last recurrent layer has a reverse direction,
    /// from the states that have read the whole sequence, see <see cref="RecurrentLayerAttribute.Direction"/>.
    /// </summary>
    ManyToOne,
}
