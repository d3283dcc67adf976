namespace Seq.Embedded.Decoding;

/// <summary>Greedy decoding: the most probable token at every step. The sequence of the highest probability may be another: see <see cref="BeamSearch"/>.</summary>
public static class Greedy
{
    /// <summary>The end token of a sequence that ends with the output's length alone.</summary>
    public const int NoEnd = -1;

    /// <summary>Generates tokens from the decoder's state on, until the end token or the end of the output. Allocates nothing.</summary>
    /// <remarks>
    /// Of equally probable tokens the lowest is taken; a NaN probability counts as 0. Where no token has a probability above 0 the sequence
    /// ends, with a log-probability of -infinity. The decoder is left in the state after its last step.
    /// </remarks>
    /// <param name="decoder">The decoder.</param>
    /// <param name="startToken">The token before the first one of the output.</param>
    /// <param name="endToken">The token that ends the sequence, or <see cref="NoEnd"/>; it is not written to the output.</param>
    /// <param name="probabilities">Scratch (V).</param>
    /// <param name="output">Receives the tokens; its length is their limit.</param>
    /// <param name="logProbability">Sum of ln p of the tokens, the end token included where it was reached.</param>
    /// <returns>The number of tokens; less than the output's length where the sequence ended by itself.</returns>
    /// <exception cref="ArgumentException">The scratch has not V values.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The start token is no token, or the end token neither a token nor <see cref="NoEnd"/>.</exception>
    public static int Decode(
        ISequenceDecoder decoder, int startToken, int endToken, Span<float> probabilities, Span<int> output, out double logProbability)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        Tokens.CheckScratch(decoder, probabilities);
        Tokens.Check(startToken, decoder.VocabularySize, nameof(startToken));
        Tokens.CheckEnd(endToken, decoder.VocabularySize, nameof(endToken));
        logProbability = 0;
        int token = startToken;
        for (int count = 0; count < output.Length; count++)
        {
            decoder.Step(token, probabilities);
            token = MostProbable(probabilities);
            logProbability += token < 0 ? double.NegativeInfinity : Math.Log(probabilities[token]);
            if (token < 0 || token == endToken)
            {
                return count;
            }

            output[count] = token;
        }

        return output.Length;
    }

    /// <summary>The first of the highest probabilities above 0, or -1.</summary>
    private static int MostProbable(ReadOnlySpan<float> probabilities)
    {
        int best = -1;
        float highest = 0;
        for (int token = 0; token < probabilities.Length; token++)
        {
            if (probabilities[token] > highest)
            {
                highest = probabilities[token];
                best = token;
            }
        }

        return best;
    }
}
