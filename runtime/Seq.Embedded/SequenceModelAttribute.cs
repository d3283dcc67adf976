namespace Seq.Embedded;

/// <summary>
/// Turns a partial class into a sequence model: the generator reads this attribute and the layer attributes below it
/// (top to bottom: input to output) and adds streaming inference, whole-sequence inference and training to the class.
/// </summary>
/// <example>
/// <code>
/// [SequenceModel(Input = 40)]
/// [Gru(64, Layers = 2)]
/// [Dense(5, Activation.Softmax)]
/// public sealed partial class WakeWordModel;
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class SequenceModelAttribute : Attribute
{
    /// <summary>Number of values of one input vector x_t (I); 1 to 16,384. Required.</summary>
    public int Input { get; set; }

    /// <summary>Which time steps have an output; default <see cref="SequenceTask.ManyToMany"/>.</summary>
    public SequenceTask Task { get; set; }

    /// <summary>Budget: the model's parameters may take at most this many bytes (4 per parameter); 0 = no budget. Checked at compile time.</summary>
    public int MaxWeightBytes { get; set; }

    /// <summary>Budget: the state of one stream may take at most this many bytes; 0 = no budget. Checked at compile time.</summary>
    public int MaxStateBytes { get; set; }

    /// <summary>Budget: one time step may take at most this many multiply-adds; 0 = no budget. Checked at compile time.</summary>
    public int MaxMultiplyAddsPerStep { get; set; }
}
