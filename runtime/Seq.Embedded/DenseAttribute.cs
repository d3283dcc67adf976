namespace Seq.Embedded;

/// <summary>
/// A fully connected layer, applied to each time step: <c>y = f(W x + b)</c>.
/// Weight tensors: <c>weight (O, I)</c>, <c>bias (O)</c> (PyTorch's <c>nn.Linear</c>).
/// </summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class DenseAttribute : LayerAttribute
{
    /// <summary>A layer of a size fixed at compile time.</summary>
    /// <param name="units">Number of outputs (O); 1 to 16,384.</param>
    /// <param name="activation">The function f. Softmax only on the last layer.</param>
    public DenseAttribute(int units, Activation activation = Activation.None)
    {
        Units = units;
        Activation = activation;
    }

    /// <summary>
    /// An open layer: its size is set when the model is created or loaded (one model class, any number of labels).
    /// Only the last layer can be open.
    /// </summary>
    /// <param name="activation">The function f.</param>
    public DenseAttribute(Activation activation) => Activation = activation;

    /// <summary>Number of outputs (O), or 0 when the layer is open.</summary>
    public int Units { get; }

    /// <summary>The function f.</summary>
    public Activation Activation { get; }

    /// <summary>False: the layer has no b, and no tensor of it. Default true.</summary>
    public bool Bias { get; set; } = true;
}
