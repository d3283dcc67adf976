namespace Seq.Embedded;

/// <summary>
/// Attention over time (Bahdanau et al. 2015, Yang et al. 2016), the one output of a many-to-one model: a weighted mean of all its inputs,
/// <c>y = sum over t of a_t h_t</c>, <c>a = softmax over t of v . tanh(W h_t + b)</c>; as many outputs as inputs (H).
/// Weight tensors: <c>projection.weight (A, H)</c>, <c>projection.bias (A)</c>, <c>score.weight (1, A)</c>: two of PyTorch's <c>nn.Linear</c>.
/// It streams: the mean so far, the largest score and the sum of the weights are the state. Before the first time step the output is zero.
/// </summary>
/// <remarks>Many-to-one models only, once; layers above it are <see cref="DenseAttribute"/>.</remarks>
/// <param name="units">Size of the projection (A); 1 to 16,384.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class AttentionPoolingAttribute(int units) : LayerAttribute
{
    /// <summary>Size of the projection (A).</summary>
    public int Units { get; } = units;
}
