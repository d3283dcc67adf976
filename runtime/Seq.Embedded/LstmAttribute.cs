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
/// The options combine.
/// <para>
/// Peepholes (Gers and Schmidhuber 2000): the sums of i and f add <c>p_i * c</c> and <c>p_f * c</c>, that of o adds <c>p_o * c'</c>.
/// Tensor: <c>peephole_l0 (3H)</c>, in the order i, f, o.
/// </para>
/// <para>
/// Coupled gates (Greff et al. 2017): <c>i = 1 - f</c>; gates in the order f, g, o, 3H in place of 4H, peepholes in the order f, o.
/// </para>
/// <para>
/// Projection to P values (Sak et al. 2014; PyTorch's <c>proj_size</c>): <c>h' = W_hr (o * tanh(c'))</c>. h has P values, c has H, and the layer P outputs.
/// Tensors: <c>weight_hr_l0 (P, H)</c>, and <c>weight_hh_l0 (4H, P)</c>.
/// </para>
/// <para>
/// Normalised (Ba, Kiros and Hinton 2016): the products of x and those of h are normalised each over all units of all gates,
/// <c>norm(v) = (v - mean) / sqrt(variance + 1e-5)</c>, and a sum W_ii x + b_ii + W_hi h + b_hi becomes
/// <c>a_ii * norm(W_ii x) + b_ii + a_hi * norm(W_hi h) + b_hi</c>, likewise f, g and o; and <c>h' = o * tanh(a_c * norm(c') + b_c)</c>.
/// Tensors in place of the biases: <c>norm_ih_l0.weight (4H)</c> (a), <c>norm_ih_l0.bias (4H)</c> (b), <c>norm_hh_l0.weight (4H)</c>, <c>norm_hh_l0.bias (4H)</c>,
/// <c>norm_c_l0.weight (H)</c>, <c>norm_c_l0.bias (H)</c>; new models start with 1 and 0.
/// </para>
/// </summary>
/// <param name="units">Number of units (H) of each layer; 1 to 16,384.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class LstmAttribute(int units) : RecurrentLayerAttribute(units)
{
    /// <summary>True: the gates read c through a vector each. Default false.</summary>
    public bool Peepholes { get; set; }

    /// <summary>True: the input gate is 1 - f. Default false.</summary>
    public bool CoupledGates { get; set; }

    /// <summary>Number of values (P) to which the output is projected; 1 to H - 1, or 0 (default) for none.</summary>
    public int Projection { get; set; }

    /// <summary>True: layer normalisation of the products and of c'. Default false.</summary>
    public bool Normalize { get; set; }

    /// <summary>
    /// Bias of the forget gate in a new model: b_if is set to it and b_hf to 0 (in a normalised layer likewise). Finite. Without it they are drawn
    /// like the other biases. Loaded weights stay as they are.
    /// </summary>
    public double ForgetBias { get; set; } = double.NaN;
}

