namespace Seq.Embedded;

/// <summary>
/// Gated recurrent units, gates in the order r, z, n (PyTorch's <c>nn.GRU</c>):
/// <code>
/// r  = sigmoid(W_ir x + b_ir + W_hr h + b_hr)
/// z  = sigmoid(W_iz x + b_iz + W_hz h + b_hz)
/// n  = tanh(W_in x + b_in + r * (W_hn h + b_hn))        reset after the product
/// n  = tanh(W_in x + b_in + W_hn (r * h) + b_hn)        reset before the product
/// n  = tanh(W_in x + b_in + W_hn h + b_hn)              no reset: gates z, n
/// h' = (1 - z) * n + z * h
/// </code>
/// Weight tensors: <c>weight_ih_l0 (3H, I)</c>, <c>weight_hh_l0 (3H, H)</c>, <c>bias_ih_l0 (3H)</c>, <c>bias_hh_l0 (3H)</c>; without reset 2H in place of 3H.
/// Cho et al. 2014 (reset before), cuDNN and PyTorch (reset after).
/// <para>
/// Normalised (<see cref="Normalize"/>; Ba, Kiros and Hinton 2016): the products of x and those of h are normalised each over all units of all gates,
/// <c>norm(v) = (v - mean) / sqrt(variance + 1e-5)</c>, and a sum W_ir x + b_ir + W_hr h + b_hr becomes
/// <c>a_ir * norm(W_ir x) + b_ir + a_hr * norm(W_hr h) + b_hr</c>, likewise z and n. Tensors in place of the biases:
/// <c>norm_ih_l0.weight (3H)</c> (a), <c>norm_ih_l0.bias (3H)</c> (b), <c>norm_hh_l0.weight (3H)</c>, <c>norm_hh_l0.bias (3H)</c>; new models start with 1 and 0.
/// </para>
/// </summary>
/// <param name="units">Number of units (H) of each layer; 1 to 16,384.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class GruAttribute(int units) : RecurrentLayerAttribute(units)
{
    /// <summary>Where the reset gate acts; default <see cref="GruReset.AfterProduct"/>, PyTorch's form.</summary>
    public GruReset Reset { get; set; }

    /// <summary>True: layer normalisation of the products, see above; only with <see cref="GruReset.AfterProduct"/>. Default false.</summary>
    public bool Normalize { get; set; }
}
