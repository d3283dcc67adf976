namespace Seq.Embedded;

/// <summary>
/// Simple (Elman) recurrent layers: <c>h' = f(W_ih x + b_ih + W_hh h + b_hh)</c> with f = tanh or relu (PyTorch's <c>nn.RNN</c>).
/// Weight tensors: <c>weight_ih_l0 (H, I)</c>, <c>weight_hh_l0 (H, H)</c>, <c>bias_ih_l0 (H)</c>, <c>bias_hh_l0 (H)</c>.
/// </summary>
/// <param name="units">Number of units (H) of each layer; 1 to 16,384.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class RnnAttribute(int units) : RecurrentLayerAttribute(units)
{
    /// <summary>The function f: <see cref="Activation.Tanh"/> (default) or <see cref="Activation.Relu"/>.</summary>
    public Activation Activation { get; set; } = Activation.Tanh;
}
