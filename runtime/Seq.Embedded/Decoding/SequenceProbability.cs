namespace Seq.Embedded.Decoding;

/// <summary>How probable a decoder finds a given sequence of tokens.</summary>
public static class SequenceProbability
{
    /// <summary>ln P(tokens) = sum_t ln P(token_t | start, token_1 .. token_t-1), from the decoder's state on. Allocates nothing.</summary>
    /// <remarks>Give the end token as the last one if it is to count. The decoder is left in the state after its last step.</remarks>
    /// <param name="decoder">The decoder.</param>
    /// <param name="startToken">The token before the first one.</param>
    /// <param name="tokens">The sequence; of no token, the result is 0.</param>
    /// <param name="probabilities">Scratch (V).</param>
    /// <returns>The log-probability in nats; -infinity where a token has the probability 0, NaN where it is NaN.</returns>
    /// <exception cref="ArgumentException">The scratch has not V values.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The start token or one of the sequence is no token; the decoder's state has not changed.</exception>
    public static double LogProbability(ISequenceDecoder decoder, int startToken, ReadOnlySpan<int> tokens, Span<float> probabilities)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        int vocabulary = decoder.VocabularySize;
        Tokens.CheckScratch(decoder, probabilities);
        Tokens.Check(startToken, vocabulary, nameof(startToken));
        foreach (int token in tokens)
        {
            Tokens.Check(token, vocabulary, nameof(tokens));
        }

        double sum = 0;
        int before = startToken;
        foreach (int token in tokens)
        {
            decoder.Step(before, probabilities);
            sum += Math.Log(probabilities[token]);
            before = token;
        }

        return sum;
    }

    /// <summary>
    /// exp(-ln P / n): of how many equally probable tokens a decoder that is as unsure would choose at every step.
    /// </summary>
    /// <param name="logProbability">ln P of one sequence, or the sum of several.</param>
    /// <param name="tokens">Their number of tokens (n), 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no token.</exception>
    public static double Perplexity(double logProbability, long tokens)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 1);
        return Math.Exp(-logProbability / tokens);
    }
}
