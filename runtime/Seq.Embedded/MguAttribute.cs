namespace Seq.Embedded;

/// <summary>
/// Minimal gated units, gates in the order f, n (Zhou et al. 2016, "Minimal gated unit for recurrent neural networks"):
/// <code>
/// f  = sigmoid(W_if x + b_if + W_hf h + b_hf)
/// n  = tanh(W_in x + b_in + W_hn (f * h) + b_hn)
/// h' = (1 - f) * h + f * n
/// </code>
/// Weight tensors: <c>weight_ih_l0 (2H, I)</c>, <c>weight_hh_l0 (2H, H)</c>, <c>bias_ih_l0 (2H)</c>, <c>bias_hh_l0 (2H)</c>.
/// </summary>
/// <param name="units">Number of units (H) of each layer; 1 to 16,384.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class MguAttribute(int units) : RecurrentLayerAttribute(units);
