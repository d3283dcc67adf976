namespace Seq.Embedded;

/// <summary>An element-wise function, or softmax over all outputs of a layer.</summary>
public enum Activation
{
    /// <summary>f(a) = a.</summary>
    None,

    /// <summary>f(a) = max(a, 0).</summary>
    Relu,

    /// <summary>f(a) = tanh(a).</summary>
    Tanh,

    /// <summary>f(a) = 1 / (1 + exp(-a)).</summary>
    Sigmoid,

    /// <summary>f(a)_k = exp(a_k) / sum_j exp(a_j): a probability for each output; only on the last layer.</summary>
    Softmax,
}
