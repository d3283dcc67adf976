using Seq.Embedded.Kernels;

namespace Seq.Embedded.Decoding;

/// <summary>Checks of tokens and scratch; a failure names the argument, the value found and the values allowed.</summary>
internal static class Tokens
{
    internal static void Check(int token, int vocabulary, string name)
    {
        if (unchecked((uint)token) >= (uint)vocabulary)
        {
            throw new ArgumentOutOfRangeException(name, token, $"The token must be 0 to {vocabulary - 1}.");
        }
    }

    internal static void CheckEnd(int token, int vocabulary, string name)
    {
        if (token != Greedy.NoEnd && unchecked((uint)token) >= (uint)vocabulary)
        {
            throw new ArgumentOutOfRangeException(name, token, $"The token must be 0 to {vocabulary - 1}, or {Greedy.NoEnd} for no end.");
        }
    }

    internal static void CheckScratch(ISequenceDecoder decoder, ReadOnlySpan<float> probabilities) =>
        Shapes.Check(probabilities.Length, decoder.VocabularySize, nameof(probabilities));
}
