namespace Seq.Embedded;

/// <summary>A layer of a sequence model. Layers stand below <see cref="SequenceModelAttribute"/> in the order in which data flows through them.</summary>
public abstract class LayerAttribute : Attribute
{
    /// <summary>
    /// Name of the layer's tensors in weight files, as PyTorch names a module (<c>gru</c> gives <c>gru.weight_ih_l0</c>): parts of letters,
    /// digits and '_' with '.' between them, so that the path of a nested module (<c>encoder.gru</c>, <c>0</c>) can be given.
    /// Default: the kind of layer in lower case, followed by 1, 2, ... where the model has several of the kind.
    /// </summary>
    public string? Name { get; set; }

    /// <summary>
    /// Training only: the probability, 0 up to but not including 1, with which each output of the layer is set to zero
    /// (the others are scaled by 1 / (1 - Dropout)). In a stack it applies to the outputs of every layer. The outputs of the model itself are never dropped. Default 0.
    /// </summary>
    public double Dropout { get; set; }

    /// <summary>
    /// True: the layer's input is added to its output, <c>y = layer(x) + x</c>, after the dropout of the output (He et al. 2016). Both must have the same size;
    /// in a stack every layer adds its own input. Neither an open layer nor one with softmax can be residual. Default false.
    /// </summary>
    public bool Residual { get; set; }
}
