namespace Seq.Embedded;

/// <summary>
/// Long short-term memory, gates in the order i, f, g, o (PyTorch's <c>nn.LSTM</c>; Hochreiter and Schmidhuber 1997, Gers et al. 2000):
/// <code>
/// i  = sigmoid(W_ii x + b_ii + W_hi h + b_hi)
/// f  = sigmoid(W_if x + b_if + W_hf h + b_hf)
/// g  = tanh(W_ig x + b_ig + W_hg h + b_hg)
/// o  = sigmoid(W_io x + b_io + W_ho h + b_ho)
/// c' = f * c + i * g
/// h' = o * tanh(c')
/// </code>
/// Weight tensors: <c>weight_ih_l0 (4H, I)</c>, <c>weight_hh_l0 (4H, H)</c>, <c>bias_ih_l0 (4H)</c>, <c>bias_hh_l0 (4H)</c>.
/// </summary>
/// <param name="units">Number of units (H) of each layer; 1 to 16,384.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class LstmAttribute(int units) : RecurrentLayerAttribute(units);
