namespace Seq.Embedded;

/// <summary>Which time steps of a sequence have an output.</summary>
public enum SequenceTask
{
    /// <summary>One output per time step: inputs (T, I), outputs (T, O).</summary>
    ManyToMany,

    /// <summary>
    /// One output for the sequence: inputs (T, I), output (O). It is computed once, by the layers above the last layer over time: a recurrent layer, a
    /// <see cref="Conv1DAttribute"/> with a kernel or a stride above 1, or an <see cref="AttentionPoolingAttribute"/>. Those layers read the last state of a forward
    /// recurrent layer; of one with a reverse direction the states that have read the whole sequence, see <see cref="RecurrentLayerAttribute.Direction"/>;
    /// the last row of a convolution, that of the last time step at which it has one, whatever stands below it; or the mean of a pooling.
    /// </summary>
    ManyToOne,
}
