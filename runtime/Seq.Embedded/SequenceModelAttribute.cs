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

    /// <summary>
    /// How the model holds its weights; default <see cref="WeightFormat.Float32"/>. With <see cref="WeightFormat.Int8"/> Load takes files of both kinds and rounds floats,
    /// Save writes 8 bits, and training goes on in floats: it starts from the rounded weights, and ToModel rounds again. Back to floats: <c>SaveFloats</c> of the trainer
    /// writes a file that a model with <see cref="WeightFormat.Float32"/> loads, right after CreateTrainer the rounded weights.
    /// </summary>
    public WeightFormat Weights { get; set; }

    /// <summary>
    /// Time steps of a chunk (n) in which a many-to-many model with a reverse or bidirectional layer is streamed; 1 to 1,024. Default 0: such a model reads the whole sequence.
    /// The sequence is cut into chunks of n time steps, the last one as long as what is left. Forward directions carry their state from chunk to chunk;
    /// reverse directions start anew, from their initial state, at the end of every chunk. So the output of a time step knows all inputs before it and
    /// up to n - 1 behind it, and comes when its chunk is complete: a delay of n - 1 time steps for the first of a chunk, none for the last.
    /// Memory: a stream holds the inputs and the rows between layers of n time steps. Multiply-adds per time step are those of the whole-sequence model.
    /// Run, Step and the trainer compute the same, bit for bit.
    /// </summary>
    public int LookAhead { get; set; }

    /// <summary>
    /// Budget for the generated <c>WeightBytes</c>: 4 bytes per parameter, or 1 per 8-bit weight and 4 per scale, as a weight file holds them; packed in memory they
    /// take more (units are padded to multiples of 16). 0 = no budget. Checked at compile time; an open model with one output.
    /// </summary>
    public int MaxWeightBytes { get; set; }

    /// <summary>
    /// Budget for the generated <c>StateBytes</c>: 4 bytes per value that a snapshot holds: h and c of recurrent layers, the
    /// last inputs of convolutions, the mean, largest score and sum of an attention pooling, the last row of a many-to-one model that ends in a convolution, and with strides one for
    /// the time step within them. A stream takes more memory (the state twice, scratch,
    /// buffers of Run): the remarks of the generated class state it. 0 = no budget. Checked at compile time.
    /// </summary>
    public int MaxStateBytes { get; set; }

    /// <summary>
    /// Budget for the generated <c>MultiplyAddsPerStep</c>: those of the products of one time step, without the layers that a many-to-one model computes once a
    /// sequence. 0 = no budget. Checked at compile time; an open model with one output.
    /// </summary>
    public int MaxMultiplyAddsPerStep { get; set; }
}
