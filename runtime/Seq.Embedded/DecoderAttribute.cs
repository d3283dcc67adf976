namespace Seq.Embedded;

/// <summary>
/// Separates the encoder's layers, above which it stands, from the decoder's below it: an encoder-decoder model (Cho et al. 2014, Sutskever et al. 2014).
/// The decoder begins with <see cref="EmbeddingAttribute"/> or <see cref="OneHotAttribute"/> (it takes a token and gives the probabilities of the next one), goes on with recurrent
/// layers, with <see cref="AttentionAttribute"/> or without, and ends with <c>[Dense(V, Activation.Softmax)]</c>.
/// </summary>
/// <remarks>
/// Its k-th recurrent layer (layers of a stack counted one by one) begins with the final state, h and c, of the encoder's k-th recurrent layer; both are of the same kind
/// and size. Where the encoder has fewer, the others begin as all layers do. Above an encoder of dense layers alone (one-to-many) the source is one vector, and h of the first recurrent
/// layer begins with the encoder's output, of the same size, every other state with zero.
/// </remarks>
/// <param name="vocabularySize">Number of tokens of the decoder (V): they are 0 to V - 1; 1 to 16,384.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class DecoderAttribute(int vocabularySize) : LayerAttribute
{
    /// <summary>Number of tokens (V).</summary>
    public int VocabularySize { get; } = vocabularySize;
}
