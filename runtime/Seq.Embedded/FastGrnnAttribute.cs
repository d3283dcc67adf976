namespace Seq.Embedded;

/// <summary>
/// FastGRNN layers (Kusupati et al. 2018, "FastGRNN: A fast, accurate, stable and tiny kilobyte sized gated recurrent neural network"), with full matrices:
/// <code>
/// a  = W_ih x + W_hh h
/// z  = sigmoid(a + bias_gate)
/// n  = tanh(a + bias_update)
/// h' = (sigmoid(zeta) * (1 - z) + sigmoid(nu)) * n + z * h
/// </code>
/// Weight tensors: <c>weight_ih_l0 (H, I)</c>, <c>weight_hh_l0 (H, H)</c>, <c>bias_gate_l0 (H)</c>, <c>bias_update_l0 (H)</c>, <c>zeta_l0 (1)</c>, <c>nu_l0 (1)</c>.
/// A new model starts with biases of 1, zeta = 1 and nu = -4, as the authors' does.
/// </summary>
/// <param name="units">Number of units (H) of each layer; 1 to 16,384.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class FastGrnnAttribute(int units) : RecurrentLayerAttribute(units);
