namespace Seq.Embedded.Decoding;

/// <summary>
/// A model that gives the probabilities of the next token, one token after the other: the decoder of an encoder-decoder model, or a language model.
/// </summary>
/// <remarks>
/// A decoder has a state, which every step changes. The searches of this namespace begin at the state that they find: that of the first
/// token. None of the members may allocate if the searches are to allocate nothing.
/// </remarks>
public interface ISequenceDecoder
{
    /// <summary>Number of tokens (V): they are 0 to V - 1.</summary>
    int VocabularySize { get; }

    /// <summary>Values of a snapshot of the state (S); may be 0.</summary>
    int StateSize { get; }

    /// <summary>Takes a token and gives the probabilities of the one after it.</summary>
    /// <param name="token">The token, 0 to V - 1.</param>
    /// <param name="probabilities">Receives V probabilities. A token of probability 0 or NaN cannot follow.</param>
    void Step(int token, Span<float> probabilities);

    /// <summary>Copies the state into a snapshot.</summary>
    /// <param name="state">Receives S values.</param>
    void SaveState(Span<float> state);

    /// <summary>Sets the state to that of a snapshot.</summary>
    /// <param name="state">S values.</param>
    void RestoreState(ReadOnlySpan<float> state);
}
