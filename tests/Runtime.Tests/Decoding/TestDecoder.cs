using Seq.Embedded.Decoding;
using Seq.Embedded.Training;

namespace Seq.Embedded.Tests.Decoding;

/// <summary>A decoder whose probabilities depend on all tokens so far; or, with a table, on the last one.</summary>
internal sealed class TestDecoder(int vocabulary, int seed, float[][]? table = null) : ISequenceDecoder
{
    private readonly float[] _state = [seed, 0];

    public int VocabularySize => vocabulary;

    public int StateSize => _state.Length;

    /// <summary>What distinguishes the sequence of tokens so far from others.</summary>
    public float State => _state[0];

    public int Steps { get; private set; }

    public void Step(int token, Span<float> probabilities)
    {
        Steps++;
        _state[0] = (int)((_state[0] * 31) + token + 7) % 65_521;
        _state[1]++;
        if (table is not null)
        {
            table[token].CopyTo(probabilities);
            return;
        }

        CounterRandom random = new((ulong)_state[0], (ulong)_state[1]);
        double sum = 0;
        for (int i = 0; i < vocabulary; i++)
        {
            probabilities[i] = MathF.Exp(random.GetGaussian((ulong)i));
            sum += probabilities[i];
        }

        foreach (ref float p in probabilities)
        {
            p /= (float)sum;
        }
    }

    public void SaveState(Span<float> state) => _state.CopyTo(state);

    public void RestoreState(ReadOnlySpan<float> state) => state.CopyTo(_state);
}
