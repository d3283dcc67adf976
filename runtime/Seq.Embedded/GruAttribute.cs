namespace Seq.Embedded;

/// <summary>
/// Gated recurrent units, gates in the order r, z, n (PyTorch's <c>nn.GRU</c>):
/// <code>
/// r  = sigmoid(W_ir x + b_ir + W_hr h + b_hr)
/// z  = sigmoid(W_iz x + b_iz + W_hz h + b_hz)
/// n  = tanh(W_in x + b_in + r * (W_hn h + b_hn))        reset after the product
/// n  = tanh(W_in x + b_in + W_hn (r * h) + b_hn)        reset before the product
/// h' = (1 - z) * n + z * h
/// </code>
/// Weight tensors: <c>weight_ih_l0 (3H, I)</c>, <c>weight_hh_l0 (3H, H)</c>, <c>bias_ih_l0 (3H)</c>, <c>bias_hh_l0 (3H)</c>.
/// Cho et al. 2014 (reset before), cuDNN and PyTorch (reset after).
/// </summary>
/// <param name="units">Number of units (H) of each layer; 1 to 16,384.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class GruAttribute(int units) : RecurrentLayerAttribute(units)
{
    /// <summary>Where the reset gate acts; default <see cref="GruReset.AfterProduct"/>, PyTorch's form.</summary>
    public GruReset Reset { get; set; }
}
