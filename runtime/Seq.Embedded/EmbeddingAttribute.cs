namespace Seq.Embedded;

/// <summary>
/// A table with a trained vector for every token: <c>y = W[token]</c> (PyTorch's <c>nn.Embedding</c>). Only the first layer: the model then takes
/// tokens, 0 to V - 1, in place of vectors, and <see cref="SequenceModelAttribute.Input"/> is the size of the vocabulary (V). A lookup, without a multiplication.
/// Weight tensor: <c>weight (V, E)</c>. New weights are drawn as PyTorch draws them: normally distributed with mean 0 and variance 1.
/// </summary>
/// <param name="units">Values of the vector of a token (E); 1 to 16,384.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class EmbeddingAttribute(int units) : LayerAttribute
{
    /// <summary>Values of the vector of a token (E).</summary>
    public int Units { get; } = units;
}
